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
