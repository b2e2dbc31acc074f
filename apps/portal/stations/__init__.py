"""Stations: the list, the page of one station, and everything that can be asked of it."""
