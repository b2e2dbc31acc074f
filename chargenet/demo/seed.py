"""Seeds the demo network once, and writes the file that the simulated chargers start from."""

import json
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.chargers.models import UnknownStation
from apps.drivers.models import IdToken
from apps.invoicing.services.guests.codes import make_codes
from chargenet.demo import billing, network
from chargenet.demo.bank import create_bank
from chargenet.demo.equipment import create_equipment
from chargenet.demo.history import SESSION_DAYS, create_history
from chargenet.demo.places import SITES, STATIONS

PASSWORD = "charge-the-network"
CHARGER_PASSWORD = "demo-charger-0123456789"
FLEET_FILE = Path(settings.VAR_DIR) / "demo-fleet.json"


def seed_demo() -> bool:
    """Write the demo unless the database already holds an organisation; return whether it was written."""
    if Organisation.objects.exists():
        return False
    now = timezone.now()
    since = now - timedelta(days=SESSION_DAYS + 30)
    with transaction.atomic():
        organisations = network.create_organisations()
        sites = network.create_sites(organisations)
        users = network.create_people(organisations, sites, password=PASSWORD)
        tariffs = network.create_tariffs(sites, since=since)
        stations = network.create_stations(sites, password=CHARGER_PASSWORD, since=since)
        make_codes(site=sites["Ladepark Seevetal"], actor=None, at=since)
        tokens = network.create_drivers(organisations, sites, users, since=since)
        accounts = billing.create_customers(organisations, sites)
        issuers = billing.create_issuers(organisations, sites)
        create_history(stations, tokens, tariffs, until=now - timedelta(minutes=20))
        billing.create_records(accounts)
        billing.bill_last_months(issuers, at=now)
        create_bank(issuers[0], at=now)
        create_equipment(organisations, stations, tokens, at=now)
        UnknownStation.objects.create(
            organisation=organisations["nordlicht"], identity="ELM-99-0417", path="/ocpp/nordlicht/ELM-99-0417",
            remote_address="192.0.2.44", offered_protocols="ocpp1.6", attempts=14, first_seen_at=now - timedelta(hours=3),
            last_seen_at=now - timedelta(minutes=2), reason="Nobody enrolled this identity.",
        )  # fmt: skip
    write_fleet_file()
    return True


def write_fleet_file() -> None:
    """What ``manage.py simulate --fleet`` reads: one description per station that is not silent."""
    sites = {site.name: site for site in SITES}
    cards: dict[str, list[str]] = {}
    for value, site in IdToken.objects.usable_at(timezone.now()).values_list("value", "driver__home_site__name"):
        cards.setdefault(site, []).append(value)
    specs = [
        {
            "identity": spec.identity,
            "version": spec.version,
            "password": CHARGER_PASSWORD,
            "vendor": spec.model.vendor,
            "model": spec.model.model,
            "firmware": spec.model.firmware,
            "kind": "dc" if spec.model.is_dc else "ac",
            "connectors": spec.model.connectors,
            "max_power_kw": spec.model.power_kw,
            "phases": 3,
            "tokens": cards[spec.site],
            "arrivals_per_hour": 3.0 if sites[spec.site].kind == "public" else 1.0,
            "meter_interval_s": 10,
            "broken": spec.fault,
        }
        for spec in STATIONS
        if not spec.silent
    ]
    FLEET_FILE.write_text(json.dumps(specs, indent=1))
