"""The matrix of roles and URLs: every named URL, as every person, on one's own rows and on others'."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from apps.chargers.models import (
    ConfigurationDrift,
    ConfigurationTemplate,
    DeviceModelReport,
    DeviceVariable,
    DisplayMessage,
    NetworkProfile,
    QuirkProfile,
    SecurityAlarm,
    SecurityProfileChange,
    StationAlarm,
    StationNotice,
    StationOperation,
    VariableMonitor,
)
from apps.drivers.models import CustomerInformation, IdToken
from apps.drivers.services.invitations import invite_driver, token_of
from apps.energy.models import ChargingLimit, CompositeScheduleReading, InstalledProfile
from apps.energy.services.installed import columns_of
from apps.invoicing.links import signed_path
from apps.invoicing.models import BillingItem, BillingRun, DunningPause, InvoiceDocument, LedgerAccount
from apps.sessions.models import StationTariff
from apps.tariffs.models import TariffAssignment
from tests.factories.bank import BankTransactionFactory, CollectionFactory, DirectDebitFactory, MandateFactory
from tests.factories.billing import (
    BillingAccountFactory,
    DummyPaymentFactory,
    InvoiceFactory,
    PaymentFactory,
    PaymentMethodFactory,
    PeriodFactory,
    SiteTermsFactory,
    VehicleFactory,
)
from tests.factories.chargers import (
    NOON,
    BulkItemFactory,
    CaCertificateFactory,
    CommandFactory,
    ContractCertificateFactory,
    InstalledCertificateFactory,
    OnlineStationFactory,
    OwnRootFactory,
    StationCertificateFactory,
    UnknownStationFactory,
)
from tests.factories.drivers import AccessRuleFactory, DriverFactory, DriverGroupFactory, IdTokenFactory
from tests.factories.energy import profile_of
from tests.factories.files import (
    CampaignFactory,
    FirmwareFactory,
    FirmwareUpdateFactory,
    PublicationFactory,
    StationFileFactory,
)
from tests.factories.guests import GuestVisitFactory
from tests.factories.places import AreaFactory, MembershipFactory
from tests.factories.sessions import ReservationFactory, SessionFactory
from tests.factories.tariffs import MembershipPlanFactory, tariff_at
from tests.portal.routes import PEOPLE, ROUTES, Route

VOLTWERK = {"harbour", "linden"}
OWN_SITES = {
    "ada": VOLTWERK, "tess": VOLTWERK, "finn": VOLTWERK, "sue": VOLTWERK, "sam": {"harbour"}, "rita": set(),
    "otto": {"rival"},
}  # fmt: skip
"""At which sites each person's rows lie. Rita's are her own: the session and the card at Linden Court."""
OF_THE_ORGANISATION = {
    "group", "tariff", "tariff version", "plan", "firmware", "campaign", "authority", "template", "quirk profile",
    "contract",
}  # fmt: skip
"""Kinds that belong to a whole organisation and are seen by everybody who works at one of its sites."""
OF_THOSE_WHO_RUN_IT = {"whole firmware", "whole campaign"}
"""Kinds of the organisation that only people who work for all of it may change."""
OTHERS_URLS = ("admin:",)
WRITE = ("INSERT", "UPDATE", "DELETE")
KEPT_FOR_STRANGERS = ('INSERT INTO "django_session"', 'UPDATE "django_session"')
"""What a visitor wanted is kept until after the sign-in."""


def named_routes(patterns=None, namespace: str = "") -> Iterator[str]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if not isinstance(pattern, URLPattern):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from named_routes(pattern.url_patterns, inner)
        elif pattern.name and not f"{namespace}{pattern.name}".startswith(OTHERS_URLS):
            yield f"{namespace}{pattern.name}"


def test_every_url_has_its_line_in_the_matrix_and_every_line_its_url():
    assert set(named_routes()) == set(ROUTES)


@pytest.fixture
def arguments(
    settings, tmp_path, ada, sam, tess, finn, sue, rita, otto, harbour, linden_court, rival_site
) -> dict[str, dict[str, tuple]]:
    """``arguments[kind][site]``: what goes into the address of a row of that kind at that site."""
    settings.FILES_ROOT = tmp_path
    found: dict[str, dict[str, tuple]] = {}
    OwnRootFactory()
    for place, site in {"harbour": harbour, "linden": linden_court, "rival": rival_site}.items():
        station = OnlineStationFactory(site=site, identity=f"CP-{place}", evses=1)
        evse = station.evses.get()
        driver = DriverFactory(
            organisation=site.organisation, home_site=site, user=rita if place == "linden" else None, name=place
        )
        card: IdToken = IdTokenFactory(organisation=site.organisation, driver=driver)
        tariff = tariff_at(site, name=f"Tariff {place}").tariff
        assignment = TariffAssignment.objects.get(tariff=tariff)
        rows = {
            "site": site,
            "area": AreaFactory(site=site),
            "membership": MembershipFactory(organisation=site.organisation, site=site),
            "station": station,
            "evse": evse,
            "connector": evse.connectors.get(),
            "session": SessionFactory(station=station, evse=evse, driver=driver),
            "reservation": ReservationFactory(station=station, driver=driver),
            "charging_profile": InstalledProfile.objects.create(
                station=station, state="accepted", **columns_of(profile_of(1))
            ),
            "charging_limit": ChargingLimit.objects.create(station=station, source="EMS"),
            "composite": CompositeScheduleReading.objects.create(
                station=station, evse_number=1, starts_at=NOON, duration_s=60, unit="A", was_accepted=False
            ),
            "bulk": BulkItemFactory(station=station).operation,
            "display": DisplayMessage.objects.create(station=station, number=1, content="Hello", state="installed"),
            "customer": CustomerInformation.objects.create(station=station, request_id=1, id_token="X"),
            "driver": driver,
            "account": (
                account := BillingAccountFactory(
                    organisation=site.organisation, home_site=site, user=rita if place == "linden" else None
                )
            ),
            "vehicle": VehicleFactory(account=account),
            "bill": (
                bill := InvoiceFactory(issuer__organisation=site.organisation, account=account, number=f"B-{place}")
            ),
            "payment": PaymentFactory(issuer=bill.issuer, account=account),
            "payment method": PaymentMethodFactory(account=account),
            "ledger account": LedgerAccount.objects.create(issuer=bill.issuer, kind="bank", currency="EUR"),
            "pause": DunningPause.objects.create(account=account, reason="Disputed"),
            "card": card,
            "group": DriverGroupFactory(organisation=site.organisation),
            "rule": AccessRuleFactory(site=site),
            "tariff": tariff,
            "tariff version": tariff.versions.get(),
            "tariff assignment": assignment,
            "plan": MembershipPlanFactory(organisation=site.organisation),
            "variable": (
                variable := DeviceVariable.objects.create(station=station, component="C", variable="V", value="1")
            ),
            "monitor": VariableMonitor.objects.create(
                station=station, monitor_id=1, component="C", variable="V", type="Delta", value=1, severity=5
            ),
            "alarm": StationAlarm.objects.create(
                station=station, component="C", variable="V", event_id=1, raised_at=station.created_at
            ),
            "report": DeviceModelReport.objects.create(station=station, request_id=1),
            "operation": StationOperation.objects.create(station=station, kind="read_variables"),
            "template": (
                template := ConfigurationTemplate.objects.create(
                    organisation=site.organisation, name=f"Template {place}"
                )
            ),
            "drift": ConfigurationDrift.objects.create(station=station, variable=variable, template=template),
            "quirk profile": QuirkProfile.objects.create(organisation=site.organisation, name=f"Quirks {place}"),
            "command": CommandFactory(station=station),
            "unknown": UnknownStationFactory(organisation=site.organisation),
            "profile change": SecurityProfileChange.objects.create(
                station=station, profile_before=0, profile_wanted=1, due_at=NOON
            ),
            "network profile": NetworkProfile.objects.create(station=station, slot=1, url="ws://x", security_profile=1),
            "security event": StationNotice.objects.create(
                station=station, kind="security", title="X", occurred_at=NOON
            ),
            "debit": (debit := DirectDebitFactory(mandate__issuer__organisation=site.organisation)),
            "issuer": debit.mandate.issuer,
            "collection": CollectionFactory(issuer=debit.mandate.issuer),
            "bank entry": (entry := BankTransactionFactory(statement__file__issuer=debit.mandate.issuer)),
            "bank file": entry.statement.file,
            "station tariff": StationTariff.objects.create(station=station, tariff_id="T1", state="held"),
            "security alarm": SecurityAlarm.objects.create(station=station, type="X", first_at=NOON, last_at=NOON),
            "authority": CaCertificateFactory(organisation=site.organisation),
            "contract": ContractCertificateFactory(organisation=site.organisation),
            "installed": InstalledCertificateFactory(station=station),
            "certificate": StationCertificateFactory(station=station),
        }
        visit = GuestVisitFactory(evse=evse, tariff_version=tariff.versions.get())
        rows |= {"guest": visit, "qr row": visit.code}
        found.setdefault("qr code", {})[place] = (visit.code.code,)
        found.setdefault("guest's page", {})[place] = (visit.public_id,)
        found.setdefault("guest's link", {})[place] = ("nobody-s",)
        file = StationFileFactory(log_request__station=station)
        rows |= {"file": file, "log": file.log_request, "update": FirmwareUpdateFactory(station=station)}
        rows["firmware"] = rows["whole firmware"] = FirmwareFactory(organisation=site.organisation)
        rows["publication"] = PublicationFactory(station=station, firmware=rows["firmware"])
        rows["campaign"] = rows["whole campaign"] = CampaignFactory(firmware=rows["firmware"])
        rows["invoice"] = InvoiceFactory(issuer__organisation=site.organisation, number=f"R-{place}")
        rows["billing item"] = BillingItem.objects.create(
            run=BillingRun.objects.create(period=PeriodFactory(issuer=rows["invoice"].issuer)),
            account=rows["invoice"].account,
        )
        rows["billing run"] = rows["billing item"].run
        rows["document"] = document = InvoiceDocument.objects.create(
            invoice=rows["invoice"], kind="pdf", content=b"%PDF"
        )
        issuer = rows["invoice"].issuer
        LedgerAccount.objects.get_or_create(issuer=issuer, kind="receivable", currency="EUR", account=account)
        found.setdefault("account csv", {})[place] = (account.pk, "csv")
        found.setdefault("terms csv", {})[place] = (SiteTermsFactory(site=site, issuer=issuer).pk, "csv")
        found.setdefault("signed document", {})[place] = (signed_path(document).split("/")[2],)
        for kind, row in rows.items():
            found.setdefault(kind, {})[place] = (row.pk,)
        InvoiceDocument.objects.create(invoice=bill, kind="pdf", content=b"%PDF", sha256="0" * 64)
        found.setdefault("bill document", {})[place] = (bill.pk, "pdf")
        stranger = DriverFactory(organisation=site.organisation)
        mandate = MandateFactory(issuer=bill.issuer, account=account)
        found.setdefault("mandate", {})[place] = (mandate.pk,)
        invitation = invite_driver(driver=stranger, email=f"{place}@example.com", actor=None, at=timezone.now())
        found.setdefault("invitation", {})[place] = (token_of(invitation),)
        found.setdefault("identity", {})[place] = (station.identity,)
        found.setdefault("export", {})[place] = (station.pk, "csv")
        found.setdefault("call", {})[place] = (station.pk, "ChangeConfiguration")
        found.setdefault("dummy payment", {})[place] = (DummyPaymentFactory(ref=f"dummy_{place}").ref,)
        found.setdefault("payment provider", {})[place] = ("dummy",)
        found.setdefault("reset key", {})[place] = ("1", "nobody-s")
        found.setdefault("assignment", {})[place] = (tariff.pk, assignment.pk)
    return found


def places_of(person: str, kind: str) -> set[str]:
    """Where the rows of ``kind`` lie that ``person`` may act on."""
    if person == "rita":
        return {"linden"}
    if person == "sam" and kind in OF_THE_ORGANISATION | {"unknown"}:
        return VOLTWERK
    if person == "sam" and kind in OF_THOSE_WHO_RUN_IT:
        return set()
    return OWN_SITES[person]


def addresses(route: Route, name: str, arguments) -> Iterator[tuple[str, str]]:
    """``(place, URL)`` of a route: one for each row, or a single one with place ``""``."""
    if route.query:
        for place, (identity,) in arguments["identity"].items():
            yield place, reverse(name) + route.query.format(identity=identity)
    elif not route.row:
        yield "", reverse(name)
    else:
        for place, values in arguments[route.row].items():
            yield place, reverse(name, args=values)


def refusal_of(name: str, route: Route, person: str, place: str) -> int | None:
    """The status with which ``person`` is refused at that place, or ``None``."""
    if route.is_public:
        return None
    if person == "nobody":
        return 401 if name.startswith("api:") else 302
    if person not in route.opened_by:
        return 302 if name == "portal:home" else 403
    kind = route.row or ("station" if route.query else "")
    return None if not kind or place in places_of(person, kind) else 404


def client_for(person: str, request) -> Client:
    client = Client(raise_request_exception=False)
    if person != "nobody":
        client.force_login(request.getfixturevalue(person))
    return client


def status_of(response) -> int:
    """The status; a stream is read to its end."""
    if response.streaming:
        list(response.streaming_content)
    return response.status_code


@pytest.mark.parametrize("person", [*PEOPLE, "nobody"])
def test_everybody_sees_exactly_what_the_role_and_the_site_allow(request, arguments, person):
    client = client_for(person, request)
    wrong = []
    for name, route in ROUTES.items():
        for place, url in addresses(route, name, arguments):
            refusal = refusal_of(name, route, person, place)
            # Where nothing can be read, the row is not looked for.
            expected = route.status if refusal is None or (refusal, route.status) == (404, 405) else refusal
            response = client.get(url)
            status = status_of(response)
            if status != expected and not (route.leads_on and refusal is None and status == 302):
                wrong.append(f"{name} {place}: {status} instead of {expected}")
            elif person == "nobody" and refusal == 302 and name != "portal:home":
                assert response["Location"].startswith("/accounts/login/?next="), name
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("person", [*PEOPLE, "nobody"])
def test_whoever_is_refused_changes_nothing_by_trying(request, arguments, person):
    client = client_for(person, request)
    wrong = []

    def watch(execute, sql, params, many, context):
        if sql.lstrip().upper().startswith(WRITE) and not sql.startswith(KEPT_FOR_STRANGERS):
            wrong.append(f"{name} {place}: {sql[:80]}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        for name, route in ROUTES.items():
            for place, url in addresses(route, name, arguments):
                refusal = refusal_of(name, route, person, place)
                if refusal is None:
                    continue
                for method in ("POST", "PATCH", "DELETE") if name.startswith("api:") else ("POST",):
                    response = client.generic(method, url, b"{}", content_type="application/json")
                    if status_of(response) not in {refusal, 405, *({403, 404} if refusal in (403, 404) else ())}:
                        wrong.append(f"{method} {name} {place}: {response.status_code} instead of {refusal}")
    assert wrong == [], "\n".join(wrong)


def test_an_empty_form_sent_by_somebody_who_may_is_answered(request, arguments):
    """No screen breaks on a form without any field; what needs fields says so."""
    wrong = []
    for person in ("ada", "rita"):
        client = client_for(person, request)
        for name, route in ROUTES.items():
            if name.startswith("api:") or refusal_of(name, route, person, "linden") is not None:
                continue
            place, url = next(pair for pair in addresses(route, name, arguments) if pair[0] in ("", "linden"))
            status = status_of(client.post(url))
            if status not in {200, 302, 404, 405, 422, route.status}:
                wrong.append(f"{name} {place}: {status}")
    assert wrong == [], "\n".join(wrong)
