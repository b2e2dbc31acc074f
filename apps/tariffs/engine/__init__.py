"""The rating engine: what a charging session costs, line by line. Pure Python, exact, no clock, no Django.

Begin with ``rating`` (four calls), ``tariff`` and ``usage`` (what goes in), ``breakdown`` (what comes out).
"""
