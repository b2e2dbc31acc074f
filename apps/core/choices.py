"""Choices that know their colour and icon, so that a status looks the same on every screen."""

from django.db.models import TextChoices


class ColouredChoices(TextChoices):
    """``NAME = value, colour, icon, label`` (the label last, as Django reads it); colours are Tabler's names."""

    def __new__(cls, value: str, colour: str = "secondary", icon: str = "circle"):
        member = str.__new__(cls, value)
        member._value_ = value
        member.colour = colour
        member.icon = icon
        return member
