"""Guests: from the sticker on the charger to the receipt. ``engine.guests`` decides, ``driving`` does."""
