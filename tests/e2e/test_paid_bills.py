"""From a simulated charger to a paid bill, over real sockets and real HTTP."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from apps.drivers.models import IdToken
from apps.invoicing.models import DummyPayment, GuestVisit, LedgerEntry, QrCode
from apps.invoicing.services.guests.codes import make_codes
from apps.invoicing.services.guests.driving import drive_due
from apps.sessions.models import ChargingSession
from tests.e2e.guest import Guest
from tests.factories.billing import SiteTermsFactory
from tests.factories.tariffs import tariff_at
from tests.support.waiting import eventually

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
def station(priced, version):
    return priced.enrol(protocol=f"ocpp{version}")


@pytest.fixture
async def charger(priced, station, version):
    async with priced.dial(station, version=version) as powered:
        await powered.boot()
        yield powered


@pytest.fixture
async def guest(priced):
    async with Guest(priced) as somebody:
        yield somebody


def code_of(network, station) -> str:
    def make() -> str:
        make_codes(site=network.site, actor=None, at=datetime.now(UTC))
        return QrCode.objects.in_use().get(evse__station=station).code

    return network.database.do(make)


async def until(network, state: str) -> GuestVisit:
    """Do the work of the worker, which the server under test has not beside it, until the visit is there."""

    def look() -> GuestVisit | None:
        network.database.deliver_events()

        def work() -> GuestVisit:
            GuestVisit.objects.filter(site=network.site).update(due_at=datetime.now(UTC))
            drive_due(at=datetime.now(UTC))
            return GuestVisit.objects.select_related("payment", "receipt", "session").get(site=network.site)

        visit = network.database.do(work)
        return visit if visit.state == state else None

    return await eventually(look, what=f"a visit that is {state}", within_s=60)


@BOTH
async def test_a_guest_scans_pays_charges_and_gets_a_receipt(priced, station, charger, guest, version):
    await guest.pay(code_of(priced, station))
    await charger.plug_in()
    charger.evse(1).meter.register_wh = START_WH
    visit = await until(priced, "charging")
    assert visit.session.token_value.upper() == visit.token_value
    # Within a second or two: more than this would be doubted.
    await charger.meter(energy_wh=START_WH + 400, power_w=11_000)
    assert "0.40\u00a0" in await guest.page()
    await guest.stop()
    charger.evse(1).meter.register_wh = START_WH + 600
    visit = await until(priced, "paid")
    # 0.600 kWh at 0.50 are 0.30 net and 0.06 VAT.
    assert (visit.session.energy_wh, visit.session.stopped_reason) == (600, "Remote")
    assert (visit.receipt.net, visit.receipt.tax, visit.receipt.gross) == (
        Decimal("0.30"), Decimal("0.06"), Decimal("0.36"),
    )  # fmt: skip
    (held,) = priced.rows(DummyPayment.objects.filter(key=visit.payment.key))
    assert (held.phase, held.captured, held.authorised) == ("captured", Decimal("0.36"), visit.hold_amount)
    (paid,) = priced.rows(LedgerEntry.objects.filter(payment=visit.payment))
    assert paid.amount == Decimal("0.36")
    page = await guest.page()
    assert visit.receipt.number in page
    assert "0.36\u00a0" in page
    assert (await guest.receipt()).startswith(b"%PDF-")
    assert priced.rows(IdToken.objects.filter(value=visit.token_value)) == []


@BOTH
async def test_a_charger_that_refuses_costs_the_guest_nothing(priced, station, charger, guest, version):
    charger.on({"1.6": "RemoteStartTransaction", "2.0.1": "RequestStartTransaction"}[version], {"status": "Rejected"})
    await guest.pay(code_of(priced, station))
    visit = await until(priced, "refused")
    (held,) = priced.rows(DummyPayment.objects.filter(key=visit.payment.key))
    assert (held.phase, held.captured) == ("released", Decimal(0))
    assert priced.rows(ChargingSession.objects.filter(station=station)) == []
    assert "nothing is charged" in await guest.page()
