"""Misbehaving stations at the real server: one dialogue each, and what the central system made of it."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from apps.chargers.choices import CommandOrigin
from apps.chargers.models import (
    ChargingStation,
    ConnectionEvent,
    StationCertificate,
    StationCommand,
    StationDeviation,
    StationNotice,
)
from apps.chargers.services.certificates import request_renewal, sign_requested
from apps.gateway.simulator.driver import (
    CallError,
    CallTimeout,
    ConnectionRefused,
    Frame,
    NotConnected,
    SimulatedStation,
)
from apps.gateway.simulator.errors import SimulatorError
from apps.gateway.simulator.misbehaviour import TABLE
from apps.gateway.simulator.tape import CALLERROR, CALLRESULT
from apps.sessions.models import ChargingSession, ParkedFact
from tests.e2e.network import CARD, Network
from tests.support.versions import of
from tests.support.waiting import eventually

AT_ONCE = 12
START_WH, STEP_WH = 100_000, 100
REFUSED = (CallError, CallTimeout, NotConnected, SimulatorError)
FILE, PAST = "https://files.example/acme-2.bin", "2020-01-01T00:00:00Z"
PATIENCE_S = {"no-boot-on-reconnect": 15}
"""Commands wait ten seconds for a boot that may still come."""
REMOTE_START = {
    "1.6": ("RemoteStartTransaction", {"connectorId": 1, "idTag": CARD}),
    "2.0.1": (
        "RequestStartTransaction",
        {"evseId": 1, "remoteStartId": 1, "idToken": {"idToken": CARD, "type": "ISO14443"}},
    ),
}
UPDATE_FIRMWARE = {
    "1.6": {"location": FILE, "retrieveDate": PAST},
    "2.0.1": {"requestId": 1, "firmware": {"location": FILE, "retrieveDateTime": PAST}},
}


@dataclass
class Case:
    """One misbehaviour in one version, at a station that is held to the letter or treated leniently."""

    name: str
    version: str
    lenient: bool = False
    station: ChargingStation | None = None
    charger: SimulatedStation | None = None
    refused_with: int | None = None
    command: tuple[str, str] | None = None
    remote_start: str = ""

    def __str__(self) -> str:
        return f"{self.name}-{self.version}" + ("-lenient" if self.lenient else "")


def all_cases(forgiven: set[str]) -> list[Case]:
    """Every misbehaviour in every version that has it; those ``forgiven`` to a lenient station at one as well."""
    names = sorted((name, version) for name, kind in TABLE.items() for version in kind.versions)
    strict = [Case(name, version) for name, version in names]
    return strict + [Case(name, version, lenient=True) for name, version in names if name in forgiven]


@dataclass(frozen=True)
class Outcome:
    """What is left of a dialogue. Everything is in the product's own records but ``errors`` and ``closed``.

    ``sessions``: (state, flags, energy in Wh, verdict on the card), oldest first. ``parked``: kinds of facts that
    belong to no session, with ``!`` while nobody has claimed them. ``deviations``: what was noted about the station.
    ``notices``: what it told beside its sessions. ``errors``: codes of the CALLERRORs that the station got.
    ``closed``: the code by which we closed its socket. ``refused``: the answer to its handshake and the reason on the
    connection page. ``command``: what became of a ClearCache sent to it, and the error; ``None`` if it could not be
    sent. ``remote_start``: what became of one, where it was tried. ``certificates``: states of those that it asked for.
    """

    sessions: tuple[tuple[str, tuple[str, ...], int, str], ...] = (("ended", (), 400, "Accepted"),)
    parked: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    deviations: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    closed: int | None = None
    refused: tuple[int, str] | None = None
    command: tuple[str, str] | None = ("accepted", "")
    remote_start: str = ""
    certificates: tuple[str, ...] = ()


async def run_all(network: Network, cases: list[Case]) -> None:
    """All dialogues, a few at a time; they end with their sockets closed."""
    places = asyncio.Semaphore(AT_ONCE)

    async def run(case: Case) -> None:
        async with places:
            await Dialogue(network, case).run()

    async with asyncio.TaskGroup() as group:
        for case in cases:
            group.create_task(run(case))


class Dialogue:
    """One whole session, one command, and for what shows itself elsewhere that too."""

    def __init__(self, network: Network, case: Case) -> None:
        self.network, self.case = network, case

    async def run(self) -> None:
        case = self.case
        case.station = self.network.enrol(is_lenient=case.lenient)
        options = {"misbehave": [case.name], "call_timeout_s": 5, "version": case.version}
        case.charger = charger = self.network.dial(case.station, **options)
        try:
            await charger.connect()
        except ConnectionRefused as refused:
            case.refused_with = refused.http_status
            return
        with suppress(TimeoutError):
            await self._charge(charger)
            await self._obey(charger)
        if charger.connected:
            await charger.__aexit__(None, None, None)
        else:
            await charger.station.shut_down()

    async def _charge(self, charger: SimulatedStation) -> None:
        start_wh = START_WH
        with suppress(*REFUSED):
            await charger.boot()
        with suppress(*REFUSED):
            await charger.plug_in()
        with suppress(*REFUSED):
            start_wh = int((await charger.start(token=CARD, meter_start_wh=START_WH)).meter_start_wh)
        for step in (1, 2, 3):
            with suppress(*REFUSED):
                await charger.meter(energy_wh=start_wh + step * STEP_WH, power_w=7000)
        with suppress(*REFUSED):
            await charger.stop(meter_stop_wh=start_wh + 4 * STEP_WH)
        for last in (charger.plug_out, charger.heartbeat):
            with suppress(*REFUSED):
                await last()
        if self.case.name == "no-boot-on-reconnect":
            await charger.go_offline()
            await charger.reconnect()

    async def _obey(self, charger: SimulatedStation) -> None:
        case = self.case
        if case.name == "two-sockets":
            (misbehaviour,) = charger.station.misbehaviours
            await misbehaviour.second.call("Heartbeat", {}, message_id="alive", timeout_s=5, alone=True)
        if not charger.connected:
            return
        async with self.network.api() as api:
            identity = case.station.identity
            command = await api.command(identity, "ClearCache", {}, wait=PATIENCE_S.get(case.name, 5))
            case.command = (command["state"], command["error_code"])
            if case.name == "late-answer":
                await charger.expect_frame(
                    lambda frame: frame.sent and frame.message and frame.message[0] == CALLRESULT
                )
            if case.name == "empty-report-data":
                await api.command(identity, "GetBaseReport", {"requestId": 1, "reportBase": "SummaryInventory"})
                await charger.expect_sent("NotifyReport")
            if case.name == "remote-start-ignored":
                row = await api.command(identity, *of(REMOTE_START, case.version))
                case.remote_start = row["explanation"]
            if case.name.startswith("certificate-"):
                await self._renew()
            if case.name in ("firmware-download-fails", "firmware-install-fails"):
                await api.command(identity, "UpdateFirmware", of(UPDATE_FIRMWARE, case.version))
                notices = StationNotice.objects.filter(station=case.station, title__endswith="Failed")
                await eventually(lambda: self.network.rows(notices), what="the failure of the update")

    async def _renew(self) -> None:
        """Ask for a renewal, sign what comes, and wait for what this station makes of it."""
        station, rows = self.case.station, self.network.rows
        how = {"actor": None, "origin": CommandOrigin.PORTAL, "at": datetime.now(UTC)}
        asked = self.network.database.do(lambda: request_renewal(station=station, **how))
        seen = {
            "certificate-refused": StationCertificate.objects.filter(station=station, state="rejected"),
            "certificate-bad-request": StationNotice.objects.filter(station=station, kind="security"),
            "certificate-silent": StationCommand.objects.filter(pk=asked.pk, state="accepted"),
        }[self.case.name]

        def look() -> list:
            self.network.database.do(lambda: sign_requested(at=datetime.now(UTC)))
            return rows(seen)

        await eventually(look, what=f"the end of the renewal at {self.case}")


def kind_of(frame: Frame) -> int | None:
    """The OCPP-J message type of a frame that has one."""
    return frame.message[0] if frame.message else None


def outcome_of(network: Network, case: Case) -> Outcome:
    """What the records say of the case now."""
    return network.database.do(lambda: _outcome_of(case))


def _outcome_of(case: Case) -> Outcome:
    mine = {"station_id": case.station.pk}
    sessions = ChargingSession.objects.filter(**mine).order_by("id")
    parked = ParkedFact.objects.filter(**mine).order_by("kind", "id")
    refusal = ConnectionEvent.objects.filter(**mine, kind="refused").first()
    frames = case.charger.frames
    errors = {
        frame.message[2] for frame in frames if not frame.sent and frame.message and frame.message[0] == CALLERROR
    }
    return Outcome(
        sessions=tuple((row.state, tuple(sorted(row.flags)), row.energy_wh, row.token_status) for row in sessions),
        parked=tuple(fact.kind + ("" if fact.resolved_at else "!") for fact in parked),
        notices=tuple(StationNotice.objects.filter(**mine).order_by("id").values_list("title", flat=True)),
        deviations=tuple(StationDeviation.objects.filter(**mine).order_by("code").values_list("code", flat=True)),
        errors=tuple(sorted(errors)),
        closed=None if case.charger.close_code in (None, 1000, 1006) else case.charger.close_code,
        refused=(case.refused_with, refusal.reason) if refusal else None,
        command=case.command,
        remote_start=case.remote_start,
        certificates=tuple(StationCertificate.objects.filter(**mine).order_by("id").values_list("state", flat=True)),
    )
