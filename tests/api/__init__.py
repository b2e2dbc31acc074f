"""The API, as each role and as nobody."""
