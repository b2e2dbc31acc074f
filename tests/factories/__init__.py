"""Makers of rows for tests: one module per floor, and the named cast."""
