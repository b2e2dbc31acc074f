"""From a simulated charger to the paid bill of a month: a resident by bank transfer, a fleet by van."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from apps.drivers.choices import AccountKind
from apps.drivers.models import BillingAccount, Driver
from apps.invoicing.models import Invoice, InvoiceLine, Issuer, LedgerEntry, Payment
from apps.invoicing.services.bank import import_file, settle_waiting
from apps.invoicing.services.documents import make_pdf
from apps.invoicing.services.payments import receive
from apps.invoicing.services.runs import approve_run, start_run
from tests.e2e.network import CARD
from tests.factories.billing import BillingAccountFactory, PeriodFactory, SiteTermsFactory, VehicleFactory
from tests.factories.drivers import IdTokenFactory
from tests.factories.tariffs import tariff_at
from tests.support.bank_files import Detail, Entry, camt
from tests.support.billing import work_through

pytestmark = pytest.mark.server
BOTH = pytest.mark.parametrize("version", ["1.6", "2.0.1"])
START_WH = 10_000


@pytest.fixture
def priced(network):
    """The site bills 0.50 net per kWh and 19 % VAT."""

    def prepare() -> None:
        SiteTermsFactory(site=network.site)
        tariff_at(network.site, per_kwh="0.50", vat="19", valid_from=datetime.now(UTC) - timedelta(days=90))

    network.database.do(prepare)
    return network


@pytest.fixture
async def charger(priced, version):
    station = priced.enrol(protocol=f"ocpp{version}")
    async with priced.dial(station, version=version) as powered:
        await powered.boot()
        yield powered


async def charge(charger, token: str, *, energy_wh: int) -> None:
    """Within a second or two: more than a few hundred Wh would be doubted."""
    await charger.plug_in()
    await charger.authorise(token)
    await charger.start(token=token, meter_start_wh=START_WH)
    await charger.stop(meter_stop_wh=START_WH + energy_wh)
    await charger.plug_out()


def bill(network) -> tuple[Invoice, datetime]:
    """The month's run, approved, in a worker's place; the one invoice, and when it was made."""
    network.database.deliver_events()

    def run() -> tuple[Invoice, datetime]:
        issuer = Issuer.objects.get(sites__site=network.site)
        first = datetime.now(UTC).date().replace(day=1)
        after = (first + timedelta(days=32)).replace(day=1)
        period = PeriodFactory(issuer=issuer, start_date=first, end_date=after)
        at = datetime(after.year, after.month, 2, 12, tzinfo=UTC)
        run = start_run(period=period, is_dry=False, actor=None, at=at)
        work_through(at=at)
        approve_run(run=run, issued_on=at.date(), actor=None, at=at)
        work_through(at=at)
        return Invoice.objects.get(issuer=issuer), at

    return network.database.do(run)


def paid_by_bank(network, invoice: Invoice, at: datetime) -> None:
    amount = str(invoice.payable)
    entry = Entry(
        amount, [Detail(amount, creditor_reference=invoice.payment_reference)], reference="1",
        booked_on=str(date(at.year, at.month, 5)),
    )  # fmt: skip

    def read() -> None:
        issuer = Issuer.objects.get(pk=invoice.issuer_id)
        import_file(issuer=issuer, content=camt(entry), name="camt.xml", actor=network.operator, at=at)
        settle_waiting(at=at)

    network.database.do(read)


@BOTH
async def test_a_resident_pays_the_month_by_transfer(priced, charger, version):
    def move_in() -> BillingAccount:
        account = BillingAccountFactory(organisation=priced.site.organisation, home_site=priced.site)
        Driver.objects.filter(organisation=priced.site.organisation).update(account=account)
        return account

    account = priced.database.do(move_in)
    await charge(charger, CARD, energy_wh=600)
    await charge(charger, CARD, energy_wh=400)
    invoice, at = bill(priced)
    # 1.000 kWh at 0.50 are 0.50 net; 19 % of that are 0.10, reckoned on the sum.
    assert (invoice.account_id, invoice.net, invoice.tax, invoice.payable) == (
        account.pk, Decimal("0.50"), Decimal("0.10"), Decimal("0.60"),
    )  # fmt: skip
    pdf = priced.database.do(lambda: bytes(make_pdf(invoice.pk, at=at).content))
    assert pdf.startswith(b"%PDF-")
    paid_by_bank(priced, invoice, at)
    (invoice,) = priced.rows(Invoice.objects.filter(pk=invoice.pk))
    assert (invoice.state, invoice.open_amount) == ("paid", Decimal(0))
    (payment,) = priced.rows(Payment.objects.filter(account=account))
    assert (payment.provider, payment.captured_amount, payment.allocated_amount) == (
        "bank", Decimal("0.60"), Decimal("0.60"),
    )  # fmt: skip
    assert balance_of_receivables(priced, account) == 0


@pytest.mark.parametrize("version", ["2.0.1"])
async def test_a_fleet_pays_one_bill_that_tells_its_vans_apart(priced, charger, version):
    def join() -> BillingAccount:
        organisation = priced.site.organisation
        account = BillingAccountFactory(organisation=organisation, home_site=priced.site, kind=AccountKind.FLEET)
        for number, department in ((1, "Parcels"), (2, "Letters")):
            van = VehicleFactory(account=account, label=f"Van {number}", department=department, depot="North")
            IdTokenFactory(organisation=organisation, value=f"VAN-{priced.site.pk}-{number}", vehicle=van)
        return account

    account = priced.database.do(join)
    await charge(charger, f"VAN-{priced.site.pk}-1", energy_wh=600)
    await charge(charger, f"VAN-{priced.site.pk}-2", energy_wh=400)
    invoice, at = bill(priced)
    lines = priced.rows(InvoiceLine.objects.filter(invoice=invoice).order_by("position"))
    told = [(line.allocation["vehicle"], line.allocation["department"], line.net) for line in lines]
    assert told == [("Van 1", "Parcels", Decimal("0.30")), ("Van 2", "Letters", Decimal("0.20"))]
    assert invoice.payable == Decimal("0.60")

    def pay() -> Payment:
        bill = Invoice.objects.select_related("issuer", "account").get(pk=invoice.pk)
        return receive(
            issuer=bill.issuer, account=bill.account, kind="manual", provider="manual", key=f"cheque-{bill.pk}",
            amount=bill.payable, currency="EUR", invoice=bill, at=at, actor=priced.operator,
        )  # fmt: skip

    priced.database.do(pay)
    (invoice,) = priced.rows(Invoice.objects.filter(pk=invoice.pk))
    assert (invoice.state, invoice.open_amount) == ("paid", Decimal(0))
    assert balance_of_receivables(priced, account) == 0


def balance_of_receivables(network, account) -> Decimal:
    of_account = {"kind": "receivable", "account": account}
    debits = network.rows(LedgerEntry.objects.filter(**{f"debit__{key}": value for key, value in of_account.items()}))
    credits = network.rows(LedgerEntry.objects.filter(**{f"credit__{key}": value for key, value in of_account.items()}))
    return sum(entry.amount for entry in debits) - sum(entry.amount for entry in credits)
