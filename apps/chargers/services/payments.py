"""Payments made at stations, as they tell of them; and whether a number of value-added tax can be one."""

from collections.abc import Sequence

from django.db import transaction

from apps.chargers.engine.clock import believed_instant
from apps.chargers.engine.vat_numbers import vat_number_problem
from apps.chargers.facts import Fact
from apps.chargers.messages.events.payments import SettlementNotified, VatNumberAsked, WebPaymentStarted
from apps.chargers.messages.replies import Reply, SettlementReply, VatNumberReply
from apps.chargers.models import Settlement, WebPayment
from apps.chargers.services.commands.nudging import nudge_stations
from apps.sites.models import Site

MOST = 10**10
"""An amount at or beyond it is no payment; it is kept as this much, and the station's words are in the journal."""


@transaction.atomic(savepoint=False)
def record_web_payments(facts: Sequence[Fact[WebPaymentStarted]]) -> list[Reply]:
    """Note that somebody opened a payment page."""
    WebPayment.objects.bulk_create(
        WebPayment(
            station_id=fact.station.station_id,
            evse_number=fact.event.evse_id,
            timeout_s=fact.event.timeout_s,
            received_at=fact.received_at,
        )
        for fact in facts
    )
    nudge_stations({fact.station.station_id for fact in facts})
    return [Reply()] * len(facts)


@transaction.atomic(savepoint=False)
def record_settlements(facts: Sequence[Fact[SettlementNotified]]) -> list[SettlementReply]:
    """Keep what was settled, once however often it is told. The terminal's receipt is the receipt: we add none."""
    Settlement.objects.bulk_create([_settlement(fact) for fact in facts], ignore_conflicts=True)
    nudge_stations({fact.station.station_id for fact in facts})
    return [SettlementReply()] * len(facts)


def check_vat_numbers(facts: Sequence[Fact[VatNumberAsked]]) -> list[VatNumberReply]:
    """Whether each has the form of its country, which is the site's where the number does not name one. One query."""
    countries = dict(Site.objects.filter(pk__in={fact.station.site_id for fact in facts}).values_list("pk", "country"))
    return [_verdict(fact.event, countries.get(fact.station.site_id, "")) for fact in facts]


def _verdict(event: VatNumberAsked, country: str) -> VatNumberReply:
    code, words = vat_number_problem(event.vat_number, country=country)
    return VatNumberReply(not code, code, words, vat_number=event.vat_number, evse_id=event.evse_id)


def _settlement(fact: Fact[SettlementNotified]) -> Settlement:
    event = fact.event
    return Settlement(
        station_id=fact.station.station_id,
        transaction_id=event.transaction_id or "",
        psp_ref=event.psp_ref,
        status=event.status,
        amount=max(min(event.amount, MOST - 1), 1 - MOST),
        currency=fact.station.currency,
        settled_at=believed_instant(event.settled_at, fact.received_at),
        received_at=fact.received_at,
        info=event.info,
        receipt_id=event.receipt_id,
        receipt_url=event.receipt_url,
        vat_number=event.vat_number,
        vat_company=event.vat_company,
    )
