"""Security of stations: events and alarms, passwords, the way from one security profile to the next."""
