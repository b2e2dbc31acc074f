"""Campaigns: a firmware for many stations, in waves, driven by rows and a periodic task."""
