"""The demo network that ``make run`` starts with: organisations, sites, time zones, history."""
