"""Scope: which rows a person may act on. The only place where it is computed.

A membership without a site covers every site of its organisation. A superuser covers everything.
"""

from django.db.models import Q

from apps.accounts.models import Organisation
from apps.accounts.policy import Action, roles_that_may


def _memberships(user, action: Action):
    return user.memberships.filter(role__in=roles_that_may(action))


def sites_in_scope(user, action: Action, *, path: str = "") -> Q:
    """A filter on the rows ``user`` may do ``action`` on; ``path`` leads to their site (``""``: rows are sites)."""
    if not user.is_authenticated or not user.is_active:
        return Q(pk__in=[])
    if user.is_superuser:
        return Q()
    prefix = f"{path}__" if path else ""
    memberships = _memberships(user, action)
    whole = memberships.filter(site=None).values("organisation")
    single = memberships.exclude(site=None).values("site")
    return Q(**{f"{prefix}organisation__in": whole}) | Q(**{f"{prefix}pk__in": single})


def organisations_in_scope(user, action: Action, *, path: str = "organisation") -> Q:
    """A filter on rows that belong to an organisation as a whole: only organisation-wide memberships count."""
    if not user.is_authenticated or not user.is_active:
        return Q(pk__in=[])
    if user.is_superuser:
        return Q()
    return Q(**{f"{path}__in": _memberships(user, action).filter(site=None).values("organisation")})


def organisations_visible_to(user, action: Action):
    """Organisations that ``user`` may do ``action`` in, at one site at least."""
    if not user.is_authenticated or not user.is_active:
        return Organisation.objects.none()
    if user.is_superuser:
        return Organisation.objects.all()
    return Organisation.objects.filter(pk__in=_memberships(user, action).values("organisation"))
