"""The authorities that an organisation knows, and our own."""
