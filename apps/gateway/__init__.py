"""Charger sockets: framing, protocol adapters, ingest, journal, commands."""
