"""Faults, tickets, plans and downtime."""
