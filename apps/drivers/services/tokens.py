"""Handing out cards and other id tokens, changing, blocking and losing them."""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction

from apps.accounts.models import Organisation
from apps.accounts.policy import Action
from apps.core import live
from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.drivers.choices import TokenStatus
from apps.drivers.events import TOKEN_CHANGED
from apps.drivers.models import Driver, IdToken
from apps.drivers.services.announcing import announce
from apps.drivers.services.card_notices import tell_of_card
from apps.sites.scope import organisations_in_scope

SHORT_KEY_LENGTH = 20
_STATUS_ACTIONS = {
    TokenStatus.ACTIVE: "token.unblocked",
    TokenStatus.BLOCKED: "token.blocked",
    TokenStatus.LOST: "token.reported_lost",
}
_EDITABLE = frozenset(
    {"label", "expires_at", "parent_group", "is_master_pass", "allows_concurrent", "personal_message"}
)
_REACHES_EVERY_SITE = {"is_master_pass": "A master pass", "parent_group": "A parent group"}


class TokenTaken(DomainError):
    code = "token_taken"
    message = "This card is in use already."


class InvalidToken(DomainError):
    code = "invalid_token"
    message = "A card needs 1 to 255 printable characters without spaces."


class NeedsWholeOrganisation(DomainError):
    code = "needs_whole_organisation"


def create_token(
    *, driver: Driver, value: str, actor, type: str = "ISO14443", status: str = TokenStatus.ACTIVE, **fields: Any
) -> IdToken:
    """A card for ``driver``, accepted from now on unless ``status`` says other. ``fields``: those that can be edited.

    Letter case does not matter to chargers, so two cards that differ only in it are the same one.
    Raises ``InvalidToken``, ``TokenTaken``, and ``NeedsWholeOrganisation`` for a master pass or a parent group given
    by somebody of single sites. ``actor`` ``None`` is the system.
    """
    _check_reach(driver.organisation_id, actor, [name for name, given in fields.items() if given])
    value = value.strip()
    if not value or len(value) > 255 or not value.isprintable() or " " in value:
        raise InvalidToken(field="value")
    key = value.casefold()
    with transaction.atomic():
        try:
            with transaction.atomic():
                token = IdToken.objects.create(
                    organisation=driver.organisation,
                    driver=driver,
                    value=value,
                    key=key,
                    short_key=key[:SHORT_KEY_LENGTH],
                    type=type,
                    **_allowed(fields),
                )
        except IntegrityError as error:
            raise TokenTaken(_taken_by(driver, key, actor), field="value") from error
        record_audit(
            actor=actor,
            action="token.created",
            subject=token,
            organisation=driver.organisation,
            changes={"value": [None, value], "driver": [None, driver]},
        )
        _announce(token)
        return _set_status(token, TokenStatus(status), actor)


def edit_token(*, token: IdToken, actor, status: str | None = None, **fields: Any) -> IdToken:
    """Change label, end of validity, group, master pass or whether it may charge twice at a time; and the status.

    Raises ``NeedsWholeOrganisation`` where somebody of single sites changes the master pass or the parent group.
    """
    with transaction.atomic():
        token = _locked(token)
        changes = {n: [getattr(token, n), v] for n, v in _allowed(fields).items() if getattr(token, n) != v}
        _check_reach(token.organisation_id, actor, changes)
        for name, (_, value) in changes.items():
            setattr(token, name, value)
        if changes:
            token.save(update_fields=list(changes))
            _audit(token, "token.changed", actor, changes)
            _announce(token)
        return _set_status(token, TokenStatus(status), actor) if status is not None else token


def block_token(*, token: IdToken, actor, reason: str = "") -> IdToken:
    """Refuse the card from now on; a running session goes on. Repeating it changes nothing."""
    return _set_status(token, TokenStatus.BLOCKED, actor, reason)


def report_token_lost(*, token: IdToken, actor) -> IdToken:
    """As ``block_token``, said by the person who lost it."""
    return _set_status(token, TokenStatus.LOST, actor)


def unblock_token(*, token: IdToken, actor) -> IdToken:
    """Accept the card again. Repeating it changes nothing."""
    return _set_status(token, TokenStatus.ACTIVE, actor)


def _set_status(token: IdToken, status: TokenStatus, actor, reason: str = "") -> IdToken:
    with transaction.atomic():
        token = _locked(token)
        if token.status != status:
            changes = {"status": [token.status, status.value]}
            if reason:
                changes["reason"] = [None, reason]
            token.status = status.value
            token.save(update_fields=["status"])
            _audit(token, _STATUS_ACTIONS[status], actor, changes)
            _announce(token)
            tell_of_card(token)
            live.nudge_on_commit(organisation_id=token.organisation_id, topics=[f"token:{token.pk}"])
    return token


def _locked(token: IdToken) -> IdToken:
    rows = IdToken.objects.select_for_update(of=("self",)).select_related("organisation", "driver")
    return rows.get(pk=token.pk)


def _audit(token: IdToken, action: str, actor, changes: dict[str, list]) -> None:
    record_audit(actor=actor, action=action, subject=token, organisation=token.organisation, changes=changes)


def _announce(token: IdToken) -> None:
    announce(TOKEN_CHANGED, token.pk, organisation_id=token.organisation_id, driver_id=token.driver_id)


def _allowed(fields: dict[str, Any]) -> dict[str, Any]:
    if unknown := fields.keys() - _EDITABLE:
        raise TypeError(f"not editable: {sorted(unknown)}")
    return fields


def _check_reach(organisation_id: int, actor, fields: Iterable[str]) -> None:
    """What opens chargers, or stops sessions, of every site is given by people of the whole organisation alone."""
    if actor is None or not (wide := [name for name in _REACHES_EVERY_SITE if name in fields]):
        return
    whole = organisations_in_scope(actor, Action.DRIVER_EDIT, path="pk")
    if not Organisation.objects.filter(whole, pk=organisation_id).exists():
        words = f"{_REACHES_EVERY_SITE[wide[0]]} works at every site; your role covers single sites."
        raise NeedsWholeOrganisation(words, field=wide[0])


def _taken_by(driver: Driver, key: str, actor) -> str:
    """Who has the card, as far as ``actor`` may know the driver."""
    drivers = Driver.objects if actor is None else Driver.objects.visible_to(actor)
    other = drivers.filter(organisation=driver.organisation, id_tokens__key=key).first()
    return f"This card belongs to {other} already." if other else TokenTaken.message
