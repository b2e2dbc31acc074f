"""The display sheet of a station: what it shows, adding, clearing, reading back."""
