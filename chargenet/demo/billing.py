"""Who pays in the demo, who bills, and the bills of the last two months, made by the services themselves."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apps.accounts.models import Organisation
from apps.drivers.choices import AccountKind, PayBy
from apps.drivers.models import BillingAccount, Driver, IdToken, PlanSubscription, Vehicle
from apps.invoicing.choices import ItemStage, RunState
from apps.invoicing.models import BillingPeriod, BillingRun, Issuer, SiteTerms
from apps.invoicing.services import inner_stages
from apps.invoicing.services.periods import close_period, open_month
from apps.invoicing.services.runs import approve_run, start_run
from apps.invoicing.services.stages import work
from apps.sessions.models import ChargeDetailRecord, ChargingSession
from apps.sites.models import Site
from apps.tariffs.models import MembershipPlan

_DUNNING = [{"after_days": 7, "fee": "0.00"}, {"after_days": 21, "fee": "5.00"}, {"after_days": 35, "fee": "10.00"}]
_BERLIN = {"country": "DE", "time_zone": "Europe/Berlin", "iban": "DE89370400440532013000", "bic": "COBADEFFXXX"}
_HULL = {"country": "GB", "time_zone": "Europe/London", "iban": "GB29NWBK60161331926819", "bic": "NWBKGB2L"}


def create_customers(organisations: dict[str, Organisation], sites: dict[str, Site]) -> dict[int, BillingAccount]:
    """Residents and card holders pay for themselves, a tenant for its staff, a fleet for its vans.

    Returns the account of each driver; two drivers have none, so that unbilled charging can be seen.
    """
    nordlicht, harbour = organisations["nordlicht"], organisations["harbour"]
    tenant = _account(nordlicht, "K20001", "Kontor Oy", AccountKind.TENANT, sites["Kontor Campus"])
    fleet = _account(harbour, "F10001", "Harbour Logistics Ltd", AccountKind.FLEET, sites["Dock Street Depot"])
    accounts: dict[int, BillingAccount] = {}
    drivers = Driver.objects.select_related("home_site").order_by("pk")
    for number, driver in enumerate(drivers, start=1):
        if driver.organisation_id == harbour.pk:
            accounts[driver.pk] = fleet
        elif driver.home_site == sites["Kontor Campus"]:
            accounts[driver.pk] = tenant
        elif number % 17:
            accounts[driver.pk] = _own_account(nordlicht, driver, number)
    for driver in drivers:
        driver.account = accounts.get(driver.pk)
    Driver.objects.bulk_update(drivers, ["account"])
    _create_vans(fleet, drivers.filter(account=fleet))
    _create_plan(nordlicht, [account for account in accounts.values() if account.home_site == sites["Lindenhof"]])
    return accounts


def create_issuers(organisations: dict[str, Organisation], sites: dict[str, Site]) -> list[Issuer]:
    """The two operators bill their own sites."""
    nordlicht = Issuer.objects.create(
        organisation=organisations["nordlicht"], name="Nordlicht Laden GmbH", street="Hafenstraße 10",
        postal_code="20457", city="Hamburg", vat_id="DE123456788", register="Hamburg HRB 123456",
        email="rechnung@nordlicht.example", phone="+49 40 123456", contact="Billing",
        bank_name="Hafenbank", creditor_id="DE98ZZZ09999999999", dunning=_DUNNING, return_fee=5,
        footer="Thank you for charging with Nordlicht.", **_BERLIN,
    )  # fmt: skip
    harbour = Issuer.objects.create(
        organisation=organisations["harbour"], name="Harbour Fleet Ltd", street="1 Dock Street", postal_code="HU1 3AE",
        city="Hull", vat_id="GB999999973", register="Companies House 01234567", email="billing@harbour.example",
        bank_name="Dock Bank", dunning=_DUNNING, **_HULL,
    )  # fmt: skip
    for site in sites.values():
        issuer = nordlicht if site.organisation_id == nordlicht.organisation_id else harbour
        share = {"owner_name": "Lindenhof Owners’ Association", "share_percent": 10} if site.name == "Lindenhof" else {}
        SiteTerms.objects.create(site=site, issuer=issuer, **share)
    return [nordlicht, harbour]


def create_records(accounts: dict[int, BillingAccount]) -> None:
    """The charge detail record of each session of the history, from the price that it was given there."""
    vehicles = dict(IdToken.objects.exclude(vehicle=None).values_list("pk", "vehicle_id"))
    sessions = ChargingSession.objects.select_related("site").exclude(price_breakdown=None).order_by("pk")
    ChargeDetailRecord.objects.bulk_create(
        (
            ChargeDetailRecord(
                session=session, version=1, site=session.site, account=accounts.get(session.driver_id),
                driver_id=session.driver_id, vehicle_id=vehicles.get(session.id_token_id),
                tariff_version_id=session.tariff_version_id, started_at=session.started_at, ended_at=session.ended_at,
                end_date=session.ended_at.astimezone(ZoneInfo(session.site.time_zone)).date(),
                energy_wh=session.energy_wh, currency=session.currency, net=session.cost_net,
                tax=session.cost_gross - session.cost_net, gross=session.cost_gross, breakdown=session.price_breakdown,
                created_at=session.ended_at,
            )
            for session in sessions.iterator(chunk_size=500)
        ),
        batch_size=500,
    )  # fmt: skip


def bill_last_months(issuers: Iterable[Issuer], *, at: datetime) -> None:
    """The month before last is billed and closed, the last one billed; each on the third of the month after."""
    for issuer in issuers:
        for months_ago in (2, 1):
            _bill(open_month(issuer=issuer, month=_months_before(at.date(), months_ago), actor=None), at=at)
        close_period(period=issuer.periods.order_by("start_date").first(), actor=None, at=at)


def _bill(period: BillingPeriod, *, at: datetime) -> None:
    """As a run does it, without documents, mail and payment: those take a minute."""
    billed_at = min(at, datetime.combine(period.end_date + timedelta(days=2), time(9), tzinfo=at.tzinfo))
    for before in period.issuer.periods.filter(start_date__lt=period.start_date, state="open"):
        close_period(period=before, actor=None, at=at)
    run = start_run(period=period, is_dry=False, actor=None, at=billed_at)
    while work(at=billed_at, run_id=run.pk):
        pass
    run = approve_run(run=run, issued_on=billed_at.date(), actor=None, at=billed_at)
    inner_stages.finalise(run, list(run.items.filter(stage=ItemStage.CHECKED)), billed_at)
    run.items.update(stage=ItemStage.COLLECTED)
    BillingRun.objects.filter(pk=run.pk).update(state=RunState.DONE, ended_at=billed_at)


def _months_before(day: date, months: int) -> date:
    for _ in range(months):
        day = day.replace(day=1) - timedelta(days=1)
    return day.replace(day=1)


def _account(
    organisation: Organisation, number: str, name: str, kind: AccountKind, site: Site | None, **fields
) -> BillingAccount:
    own = {"street": site.street, "postal_code": site.postal_code, "city": site.city, "country": site.country}
    email = f"{number.lower()}@customers.example"
    values = {"email": email, **own, **fields}
    return BillingAccount.objects.create(
        organisation=organisation, number=number, name=name, kind=kind, home_site=site, **values
    )


def _own_account(organisation: Organisation, driver: Driver, number: int) -> BillingAccount:
    pay_by = (PayBy.TRANSFER, PayBy.DIRECT_DEBIT, PayBy.CARD)[number % 3]
    return _account(
        organisation, f"K1{number:04}", driver.name, AccountKind.RESIDENT, driver.home_site, user=driver.user,
        pay_by=PayBy.TRANSFER if driver.user else pay_by,
    )  # fmt: skip


def _create_vans(fleet: BillingAccount, drivers: Iterable[Driver]) -> None:
    for number, driver in enumerate(drivers):
        van = Vehicle.objects.create(
            account=fleet, label=driver.name, plate=f"HU{number + 20} VAN", battery_wh=75_000,
            department=("Parcels", "Groceries")[number % 2], depot="Dock Street", route=f"R{number % 4 + 1}",
        )  # fmt: skip
        IdToken.objects.filter(driver=driver).update(vehicle=van)


def _create_plan(organisation: Organisation, accounts: list[BillingAccount]) -> None:
    """Every second resident is a member."""
    plan = MembershipPlan.objects.create(
        organisation=organisation, name="Home plus", currency="EUR", monthly_fee="4.90", vat_percent=19,
        discount_percent=10, free_wh=10_000,
    )  # fmt: skip
    PlanSubscription.objects.bulk_create(
        PlanSubscription(account=account, plan=plan, from_date=date(2025, 1, 1)) for account in accounts[::2]
    )
