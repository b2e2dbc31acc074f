"""Rules of charging profiles and, later, of load management. Pure."""
