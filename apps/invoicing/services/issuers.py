"""Issuers and the terms of sites: who bills, where, and what the owner of a site gets of it."""

from typing import Any

from django.db import IntegrityError, transaction

from apps.accounts.models import Organisation
from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.invoicing.models import Issuer, SiteTerms
from apps.sites.models import Site


class IssuerNameTaken(DomainError):
    code = "issuer_name_taken"
    message = "Another issuer of the organisation has this name."


class UnableToIssue(DomainError):
    """What the law or the bank asks of an issuer is missing; ``field`` says what."""

    code = "unable_to_issue"


class ForeignIssuer(DomainError):
    code = "foreign_issuer"
    message = "This issuer belongs to another organisation."


def create_issuer(*, organisation: Organisation, actor, **fields: Any) -> Issuer:
    """A company that bills. Raises ``IssuerNameTaken``, ``UnableToIssue``."""
    issuer = Issuer(organisation=organisation, **fields)
    _check(issuer)
    try:
        with transaction.atomic():
            issuer.save()
            record_audit(actor=actor, action="issuer.created", subject=issuer, organisation=organisation)
    except IntegrityError as error:
        raise IssuerNameTaken(field="name") from error
    return issuer


def edit_issuer(*, issuer: Issuer, actor, **fields: Any) -> Issuer:
    """Change what the next invoices say; those that were issued keep what they say. Raises as ``create_issuer``."""
    try:
        with transaction.atomic():
            issuer = Issuer.objects.select_for_update().select_related("organisation").get(pk=issuer.pk)
            changes = {
                name: [getattr(issuer, name), value]
                for name, value in fields.items()
                if getattr(issuer, name) != value
            }  # fmt: skip
            for name, (_, value) in changes.items():
                setattr(issuer, name, value)
            _check(issuer)
            if changes:
                issuer.save(update_fields=list(changes))
                _audit(issuer, issuer.organisation, "issuer.changed", actor, changes)
    except IntegrityError as error:
        raise IssuerNameTaken(field="name") from error
    return issuer


def set_site_terms(*, site: Site, actor, issuer: Issuer, **fields: Any) -> SiteTerms:
    """Who bills what is charged at ``site`` from the next draft on, and its owner's share. Raises ``ForeignIssuer``."""
    if issuer.organisation_id != site.organisation_id:
        raise ForeignIssuer(field="issuer")
    with transaction.atomic():
        terms = SiteTerms.objects.select_for_update().filter(site=site).first() or SiteTerms(site=site)
        wanted = {"issuer": issuer, **fields}
        before = {name: getattr(terms, name) if terms.pk else None for name in wanted}
        changes = {name: [before[name], value] for name, value in wanted.items() if before[name] != value}
        for name, value in wanted.items():
            setattr(terms, name, value)
        terms.save()
        if changes:
            _audit(terms, site.organisation, "site.terms_changed", actor, changes)
    return terms


def _check(issuer: Issuer) -> None:
    """EN 16931 lets nobody charge VAT without saying under which number (BR-S-02, BR-CO-26)."""
    if not issuer.vat_id and not issuer.tax_number:
        raise UnableToIssue("Give a VAT number or a tax number: invoices without one are void.", field="vat_id")
    prefixes = [issuer.invoice_prefix, issuer.credit_prefix, issuer.receipt_prefix]
    if len({_letters(prefix) for prefix in prefixes}) < len(prefixes):
        raise UnableToIssue(
            "The prefixes of invoices, credit notes and receipts must differ in a letter or digit.",
            field="receipt_prefix",
        )


def _letters(prefix: str) -> str:
    """What of a prefix is left in a payment reference, which holds letters and digits only."""
    return "".join(letter for letter in prefix.upper() if letter.isascii() and letter.isalnum())


def _audit(subject, organisation: Organisation, action: str, actor, changes: dict[str, list[Any]]) -> None:
    record_audit(actor=actor, action=action, subject=subject, organisation=organisation, changes=changes)
