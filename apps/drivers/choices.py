"""Kinds of driver groups and states of tokens."""

from django.db.models import TextChoices

from apps.core.choices import ColouredChoices


class GroupKind(TextChoices):
    RESIDENTS = "residents", "Residents"
    EMPLOYEES = "employees", "Employees"
    VISITORS = "visitors", "Visitors"
    VIP = "vip", "VIP"
    FLEET = "fleet", "Fleet"


class TokenStatus(ColouredChoices):
    ACTIVE = "active", "green", "circle-check", "Active"
    BLOCKED = "blocked", "red", "ban", "Blocked"
    LOST = "lost", "orange", "alert-triangle", "Reported lost"


class CardState(ColouredChoices):
    """Whether a card is accepted now: its status, its expiry and its driver taken together."""

    ACCEPTED = "accepted", "green", "circle-check", "Accepted"
    BLOCKED = "blocked", "red", "ban", "Blocked"
    LOST = "lost", "orange", "alert-triangle", "Reported lost"
    EXPIRED = "expired", "yellow", "clock-x", "Expired"
    DRIVER_LEFT = "driver_left", "secondary", "user-off", "Driver has left"
