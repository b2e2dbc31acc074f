"""Prices: versions, assignments, and the engine that rates."""
