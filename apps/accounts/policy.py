"""Roles and what each may do: the whole policy on one page.

*May this role do it* is answered here; *on which rows* by ``visible_to(user, action)`` of each queryset
(``apps.sites.scope``); *is it legal now* by the service.
"""

from enum import StrEnum

from django.db.models import TextChoices


class Role(TextChoices):
    """What a person is within an organisation or at a site."""

    OPERATOR = "operator", "Operator"
    SITE_MANAGER = "site_manager", "Site manager"
    TECHNICIAN = "technician", "Technician"
    FINANCE = "finance", "Finance"
    SUPPORT = "support", "Support"
    DRIVER = "driver", "Driver"


class Action(StrEnum):
    """Everything that a role can be allowed."""

    NETWORK_VIEW = "network.view"
    STATION_VIEW = "station.view"
    STATION_COMMAND = "station.command"
    STATION_EDIT = "station.edit"
    STATION_ADOPT = "station.adopt"
    STATION_RAW_CALL = "station.raw_call"
    JOURNAL_VIEW = "journal.view"
    CONNECTION_VIEW = "connection.view"
    CERTIFICATE_VIEW = "certificate.view"
    CERTIFICATE_EDIT = "certificate.edit"
    SESSION_VIEW = "session.view"
    SESSION_EDIT = "session.edit"
    RESERVATION_VIEW = "reservation.view"
    RESERVATION_EDIT = "reservation.edit"
    SITE_VIEW = "site.view"
    SITE_EDIT = "site.edit"
    DRIVER_VIEW = "driver.view"
    DRIVER_EDIT = "driver.edit"
    ACCOUNT_EDIT = "account.edit"
    TARIFF_VIEW = "tariff.view"
    TARIFF_EDIT = "tariff.edit"
    BILLING_VIEW = "billing.view"
    BILLING_EDIT = "billing.edit"
    PAYMENT_EDIT = "payment.edit"
    USER_VIEW = "user.view"
    USER_EDIT = "user.edit"
    AUDIT_VIEW = "audit.view"
    OWN_CHARGING_VIEW = "own_charging.view"


_MONEY = {Action.BILLING_VIEW, Action.BILLING_EDIT, Action.PAYMENT_EDIT}
_LOOK = {Action.NETWORK_VIEW, Action.STATION_VIEW, Action.SESSION_VIEW, Action.RESERVATION_VIEW, Action.SITE_VIEW}
_DIAGNOSE = {Action.JOURNAL_VIEW, Action.CONNECTION_VIEW, Action.CERTIFICATE_VIEW, Action.STATION_COMMAND}
_MANAGE_SITE = {
    Action.STATION_EDIT,
    Action.STATION_ADOPT,
    Action.SESSION_EDIT,
    Action.RESERVATION_EDIT,
    Action.SITE_EDIT,
    Action.DRIVER_VIEW,
    Action.DRIVER_EDIT,
    Action.ACCOUNT_EDIT,
    Action.TARIFF_VIEW,
    Action.AUDIT_VIEW,
}

ROLE_ACTIONS: dict[Role, frozenset[Action]] = {
    Role.OPERATOR: frozenset(Action) - {Action.OWN_CHARGING_VIEW},
    Role.SITE_MANAGER: frozenset(_LOOK | _DIAGNOSE | _MANAGE_SITE),
    Role.TECHNICIAN: frozenset(_LOOK | _DIAGNOSE | {Action.STATION_EDIT, Action.STATION_RAW_CALL}),
    Role.FINANCE: frozenset(
        _LOOK
        | _MONEY
        | {Action.SESSION_EDIT, Action.DRIVER_VIEW, Action.ACCOUNT_EDIT, Action.TARIFF_VIEW, Action.TARIFF_EDIT}
        | {Action.AUDIT_VIEW}
    ),
    Role.SUPPORT: frozenset(
        _LOOK
        | _DIAGNOSE
        | {Action.RESERVATION_EDIT, Action.DRIVER_VIEW, Action.DRIVER_EDIT, Action.ACCOUNT_EDIT}
        | {Action.TARIFF_VIEW, Action.BILLING_VIEW}
    ),
    Role.DRIVER: frozenset({Action.OWN_CHARGING_VIEW}),
}


def roles_that_may(action: Action) -> list[Role]:
    """The roles whose holders may do ``action``."""
    return [role for role, actions in ROLE_ACTIONS.items() if action in actions]


def may(user, action: Action) -> bool:
    """Whether ``user`` may do ``action`` anywhere at all. Which rows is the querysets' question."""
    if not user.is_authenticated or not user.is_active:
        return False
    if user.is_superuser:
        return action is not Action.OWN_CHARGING_VIEW
    return any(action in ROLE_ACTIONS[role] for role in user.roles)
