"""Doors for other companies' servers, each with the signature of its own."""
