"""Users, their roles, and the API tokens of each."""
