"""Guests: the stickers on chargers and the visits of an organisation. The guests' own pages are in ``public``."""
