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


class EnergyPeriod(TextChoices):
    """How often an energy limit begins anew, on the clock of the site where the card is presented."""

    DAY = "day", "a day"
    WEEK = "week", "a week"
    MONTH = "month", "a month"


class CurrentKind(TextChoices):
    """At which EVSEs an access rule admits."""

    ANY = "", "Any"
    AC = "ac", "Alternating current"
    DC = "dc", "Direct current"


class ListState(ColouredChoices):
    """Where the local authorisation list of a station stands."""

    BY_HAND = "by_hand", "secondary", "hand-stop", "Not kept"
    OUT_OF_STEP = "out_of_step", "yellow", "refresh-alert", "Out of step"
    SENDING = "sending", "blue", "send", "Sending"
    IN_STEP = "in_step", "green", "circle-check", "In step"
    CONFLICT = "conflict", "orange", "arrows-exchange", "Another version"
    NOT_SUPPORTED = "not_supported", "secondary", "circle-off", "Not supported"


class InformationState(ColouredChoices):
    """What became of a question about a customer."""

    ASKED = "asked", "blue", "send", "Asked"
    ACCEPTED = "accepted", "blue", "hourglass", "Answer is coming"
    DONE = "done", "green", "circle-check", "Done"
    REFUSED = "refused", "orange", "x", "Refused"
    FAILED = "failed", "red", "alert-circle", "Failed"


class AccountKind(TextChoices):
    RESIDENT = "resident", "Resident"
    TENANT = "tenant", "Tenant (company)"
    FLEET = "fleet", "Fleet"
    GUEST = "guest", "Guest"


class PayBy(TextChoices):
    """How an account's bills are paid."""

    TRANSFER = "transfer", "Bank transfer"
    DIRECT_DEBIT = "direct_debit", "SEPA direct debit"
    CARD = "card", "Card"
    NOTHING = "nothing", "Nothing is collected"


class NoticeKind(ColouredChoices):
    """Of what a driver is told."""

    BUDGET = "budget", "orange", "pig-money", "Budget"
    SESSION = "session", "blue", "bolt", "Session"
    BILL = "bill", "azure", "file-invoice", "Bill"
    CARD = "card", "yellow", "nfc", "Card"
