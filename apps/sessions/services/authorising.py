"""Answers to Authorize: the verdict on the card and, where the station can use it, the driver's tariff (OCPP 2.1)."""

from collections.abc import Sequence
from typing import Any

from apps.chargers.choices import OcppVersion
from apps.chargers.facts import Fact
from apps.chargers.messages.events import AuthorizeRequested, ContractAuthorizeRequested
from apps.chargers.messages.replies import AuthorizeReply
from apps.drivers.services import contracts
from apps.drivers.services.authorisation import Authorisation, authorise_facts
from apps.sessions.services.station_costs.stations import TARIFF, stations_for
from apps.tariffs.engine.tariff_ocpp21 import free_of_charge, to_ocpp21
from apps.tariffs.selectors import TariffQuestion, engine_tariffs, tariff_versions_for


def authorise(facts: Sequence[Fact[AuthorizeRequested]]) -> list[AuthorizeReply]:
    """Answer Authorize requests; nothing is written."""
    verdicts = authorise_facts(facts)
    tariffs = _tariffs(facts, verdicts)
    return [AuthorizeReply(verdict.info, tariff=tariff) for verdict, tariff in zip(verdicts, tariffs, strict=True)]


def authorise_contract(fact: Fact[ContractAuthorizeRequested]) -> AuthorizeReply:
    """As ``authorise`` for a card that comes with a certificate; waits for the network."""
    verdict, certificate = contracts.authorise_contract(fact)
    (tariff,) = _tariffs([fact], [verdict])
    return AuthorizeReply(verdict.info, certificate.value, tariff)


def _tariffs(facts: Sequence[Fact], verdicts: Sequence[Authorisation]) -> list[dict[str, Any] | None]:
    """What each accepted driver pays, where the station holds tariffs. No query without a 2.1 station, else two."""
    wanted = {
        place: fact
        for place, (fact, verdict) in enumerate(zip(facts, verdicts, strict=True))
        if verdict.is_accepted and fact.station.protocol == OcppVersion.OCPP21
    }
    if not wanted:
        return [None] * len(facts)
    asked = [fact.station.station_id for fact in wanted.values()]
    able = set(stations_for(TARIFF).filter(pk__in=asked).values_list("pk", flat=True))
    wanted = {place: fact for place, fact in wanted.items() if fact.station.station_id in able}
    questions = [
        TariffQuestion(fact.station.site_id, fact.received_at, fact.station.area_id, verdicts[place].driver_group_pk)
        for place, fact in wanted.items()
    ]
    chosen = dict(zip(wanted, tariff_versions_for(questions), strict=True))
    tariffs = engine_tariffs({version_id for version_id in chosen.values() if version_id})
    found: list[dict[str, Any] | None] = [None] * len(facts)
    for place, version_id in chosen.items():
        if version_id is None:
            continue
        tariff = tariffs[version_id]
        found[place] = free_of_charge(tariff) if verdicts[place].free_of_charge else to_ocpp21(tariff).tariff
    return found
