"""Stations, their connections, status, device model and commands; the language spoken with them."""
