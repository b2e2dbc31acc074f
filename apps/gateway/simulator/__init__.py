"""Simulated chargers: OCPP clients for the demo network, for tests and for trying things by hand.

Pure asyncio, no Django and no models: a simulated station knows of the central system only what a real
one would. The `ocpp` package's `ChargePoint` is not used: its loop serialises handlers, hides frames and
ids, and validates at 40 to 400 µs per message, while a simulator has to send wrong frames on purpose, show
what went over the wire, and run in hundreds. Its JSON schemas are used, to judge what is sent.

Layers: `link` (one socket) · `physics` (car and charger) · `evse`, `station`, `delivery` (the neutral
station) · `v16`, `v201` (dialects) · `misbehaviour` (deviations by name) · `plan`, `fleet` (life by itself)
· `driver` (the interface for tests: start reading there).
"""
