"""Firmware: the catalogue, updates of stations, publications by local controllers."""
