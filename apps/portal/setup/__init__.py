"""The first page of an empty system."""
