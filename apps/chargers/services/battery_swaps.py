"""Batteries given out and taken in."""

from collections.abc import Sequence

from django.db import transaction

from apps.chargers.engine.text import clip
from apps.chargers.facts import Fact
from apps.chargers.messages.events.battery_swap import BatteriesSwapped
from apps.chargers.messages.replies import Reply
from apps.chargers.services.commands import Confirmation, confirm_commands
from apps.chargers.services.commands.nudging import nudge_stations
from apps.core.db.rowsets import rows_from, run

BATTERY_SWAPPED = "battery.swapped"
_COLUMNS = {
    "station_id": "bigint", "request_id": "bigint", "kind": "text", "evse_number": "bigint", "serial_number": "text",
    "soc_percent": "double precision", "soh_percent": "double precision", "produced": "text", "vendor_info": "text",
    "token_value": "text", "token_type": "text", "received_at": "timestamptz",
}  # fmt: skip


@transaction.atomic(savepoint=False)
def record_battery_swaps(facts: Sequence[Fact[BatteriesSwapped]]) -> list[Reply]:
    """Keep each battery that went in or out, once however often it is told; that proves a RequestBatterySwap."""
    rows = [
        (
            fact.station.station_id, fact.event.request_id, fact.event.kind, battery.evse_id, battery.serial_number,
            battery.soc_percent, battery.soh_percent, clip(battery.produced, 64), battery.vendor_info,
            fact.event.id_token.value, fact.event.id_token.type, fact.received_at,
        )
        for fact in facts
        for battery in fact.event.batteries
    ]  # fmt: skip
    if not rows:
        return []
    source, parameters = rows_from("v", _COLUMNS, rows)
    names = ", ".join(_COLUMNS)
    run(
        f"INSERT INTO chargers_batteryswap ({names}) SELECT {names} FROM {source} WHERE true ON CONFLICT DO NOTHING",
        parameters,
    )
    confirm_commands(
        [Confirmation(fact.station.station_id, BATTERY_SWAPPED, str(fact.event.request_id)) for fact in facts],
        at=max(fact.received_at for fact in facts),
    )
    nudge_stations({fact.station.station_id for fact in facts})
    return [Reply()] * len(facts)
