"""Sites and their areas."""
