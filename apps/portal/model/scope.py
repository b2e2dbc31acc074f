"""Whose templates and quirk profiles a person may change: those of organisations held as a whole."""

from apps.accounts.models import Organisation
from apps.accounts.policy import Action
from apps.sites.scope import organisations_in_scope

NOT_WHOLE = "They belong to the whole organisation; your role is limited to a site, or may only look."


def editor_organisations(user):
    return Organisation.objects.filter(organisations_in_scope(user, Action.STATION_EDIT, path="pk")).order_by("name")


def why_not_edit(user, organisation_id: int | None) -> str:
    """Why ``user`` may not change a row of the organisation; ``""`` where he may."""
    is_editor = organisation_id is not None and editor_organisations(user).filter(pk=organisation_id).exists()
    return "" if is_editor else NOT_WHOLE
