"""Load management: the power tree, plans and installed profiles."""
