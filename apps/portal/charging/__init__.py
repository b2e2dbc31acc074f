"""Charging sessions: what runs now, what ran, and everything known about one."""
