"""Every misbehaviour by name: the deviation really is on the wire."""

import asyncio
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from apps.gateway.simulator import background, schemas
from apps.gateway.simulator.driver import SimulatedStation
from apps.gateway.simulator.misbehaviour import TABLE, UnknownMisbehaviour, misbehaviours_for
from apps.gateway.simulator.misbehaviour.answers import LateAnswer
from tests.support.versions import of

ENERGY = "Energy.Active.Import.Register"
CASES = sorted((name, version) for name, kind in TABLE.items() for version in kind.versions)


class Wire:
    """What a fake central system saw of one whole dialogue, in words common to both versions."""

    def __init__(self, csms, version, answers):
        self.csms, self.version, self.answers = csms, version, answers
        self.old = version == "1.6"

    @property
    def starts(self):
        if self.old:
            return self.csms.payloads("StartTransaction")
        return [event for event in self.events if event["eventType"] == "Started"]

    @property
    def stops(self):
        if self.old:
            return self.csms.payloads("StopTransaction")
        return [event for event in self.events if event["eventType"] == "Ended"]

    @property
    def updates(self):
        return (
            self.csms.payloads("MeterValues") if self.old else [e for e in self.events if e["eventType"] == "Updated"]
        )

    @property
    def events(self):
        return self.csms.payloads("TransactionEvent")

    def values(self, payload):
        """Measurand → value of the first line of one payload."""
        found = {}
        for meter_value in payload.get("meterValue", payload.get("transactionData", [])):
            for value in meter_value["sampledValue"]:
                found.setdefault(value["measurand"], value["value"])
        return found

    @property
    def energies(self):
        """The sampled energies of the updates, as numbers."""
        found = [self.values(update).get(ENERGY) for update in self.updates]
        return [float(value) for value in found if value is not None]

    @property
    def raw(self):
        return [data for _, data in self.csms.frames]

    @property
    def raw_text(self):
        return "".join(data for data in self.raw if isinstance(data, str))

    @property
    def firmware(self):
        return [payload["status"] for payload in self.csms.payloads("FirmwareStatusNotification")]

    @property
    def transfers(self):
        """The words of firmware with a request id, and of logs."""
        told = ("FirmwareStatusNotification", "SignedFirmwareStatusNotification", "LogStatusNotification")
        return [payload["status"] for action, payload in self.csms.calls() if action in told and "requestId" in payload]

    @property
    def timestamps(self):
        return [payload["timestamp"] for _, payload in self.csms.calls() if "timestamp" in payload]

    def times(self):
        return [datetime.fromisoformat(text) for text in self.timestamps]

    def heartbeats(self):
        return [m for m in self.csms.messages() if isinstance(m, list) and m[0] == 2 and m[2] == "Heartbeat"]


def repeated(payloads):
    return len(payloads) == 2 and payloads[0] == payloads[1]


def now():
    return datetime.now(UTC)


def tag(payload):
    return payload["idTag"] if "idTag" in payload else payload["idToken"]["idToken"]


def actions(wire):
    return [action for action, _ in wire.csms.calls()]


def available_before_stop(wire):
    calls = wire.csms.calls()
    stop_at = next(i for i, (_, payload) in enumerate(calls) if payload in wire.stops)
    action, payload = calls[stop_at - 1]
    return action == "StatusNotification" and payload.get("status", payload.get("connectorStatus")) == "Available"


CHECKS = {
    "answer-invalid-payload": lambda w: (
        w.answers["ClearCache"][2] == {"status": "Perhaps", "listVersionNumber": "three"}
    ),
    "available-before-stop": available_before_stop,
    "bare-values": lambda w: (
        w.updates[0]["meterValue"][0]["sampledValue"] == [{"value": "1500"}]
        if w.old
        else w.starts[0]["meterValue"][0]["sampledValue"] == [{"value": 1000}]
    ),
    "binary-frame": lambda w: any(isinstance(data, bytes) for data in w.raw),
    "boot-pipelined": lambda w: actions(w)[:3] == ["BootNotification", "StatusNotification", "BootNotification"],
    "boot-loop": lambda w: len(w.csms.payloads("BootNotification")) == 5 and len(w.csms.sockets) == 5,
    "celcius": lambda w: '"unit":"Celcius"' in w.raw_text and '"Celsius"' not in w.raw_text,
    "clock-1970": lambda w: all(text.startswith("1970-01-01T00:0") for text in w.timestamps) and w.timestamps,
    "clock-future": lambda w: all(at > now() + timedelta(days=26_000) for at in w.times()) and w.timestamps,
    "clock-local-as-z": lambda w: (
        all(timedelta(hours=1, minutes=58) < at - now() < timedelta(hours=2, minutes=2) for at in w.times())
        and all(text.endswith("Z") for text in w.timestamps)
    ),
    "clock-short-offset": lambda w: (
        all(text.endswith("+02") and len(text) == 22 for text in w.timestamps) and w.timestamps
    ),
    "connector-seven": lambda w: any(
        payload.get("connectorId" if w.old else "evseId") == 7 for payload in w.csms.payloads("StatusNotification")
    ),
    "decimal-comma": lambda w: w.values(w.stops[0])[ENERGY] == "3000,0",
    "drop-without-close": lambda w: w.csms.closes[-1] == (1006, False),
    "duplicate-message-id": lambda w: any(w.heartbeats().count(message) == 2 for message in w.heartbeats()),
    "duplicate-start": lambda w: repeated(w.starts),
    "duplicate-stop": lambda w: repeated(w.stops),
    "empty-report-data": lambda w: {tuple(p["reportData"]) for p in w.csms.payloads("NotifyReport")} == {()},
    "empty-serial-unicode-vendor": lambda w: (
        "⚡" in orjson.dumps(w.csms.payloads("BootNotification")).decode()
        and '"serialNumber":""'
        in orjson.dumps(w.csms.payloads("BootNotification")).decode().replace("chargePointS", "s")
    ),
    "empty-string-values": lambda w: (
        w.values(w.stops[0])["Power.Active.Import"] == "" and float(w.values(w.stops[0])[ENERGY]) == 3000
    ),
    "evse-only-first": lambda w: (
        "evse" in w.starts[0] and not any("evse" in event or "idToken" in event for event in w.events[1:])
    ),
    "extra-property": lambda w: all(
        payload["vendorMood"] == "good" for payload in w.csms.payloads("StatusNotification")
    ),
    "certificate-refused": lambda w: w.answers["Certificate"][2] == {"status": "Rejected"},
    "certificate-bad-request": lambda w: ["AAAA" in p["csr"] for p in w.csms.payloads("SignCertificate")] == [True],
    "certificate-silent": lambda w: (
        w.answers["Certificate"][2] == {"status": "Accepted"} and not w.csms.payloads("SignCertificate")
    ),
    "firmware-download-fails": lambda w: w.firmware == ["Downloading", "DownloadFailed"],
    "firmware-install-fails": lambda w: w.firmware == ["Downloading", "Downloaded", "Installing", "InstallationFailed"],
    "firmware-signature-refused": lambda w: w.transfers[-1:] == ["InvalidSignature"],
    "firmware-verification-fails": lambda w: w.transfers[-1:] == ["InstallVerificationFailed"],
    "firmware-refused": lambda w: w.answers["Transfer"][2] == {"status": "Rejected"},
    "firmware-certificate-invalid": lambda w: w.answers["Transfer"][2] == {"status": "InvalidCertificate"},
    "firmware-certificate-revoked": lambda w: w.answers["Transfer"][2] == {"status": "RevokedCertificate"},
    "log-upload-fails": lambda w: w.transfers == ["Uploading", "UploadFailure"],
    "log-refused": lambda w: w.answers["Transfer"][2] == {"status": "Rejected"},
    "flood": lambda w: len(w.heartbeats()) >= 500,
    "fractional-wh": lambda w: (
        float(w.values(w.stops[0])[ENERGY]) == 3000.567 and (not w.old or w.stops[0]["meterStop"] == 3000.567)
    ),
    "huge-frame": lambda w: max(len(data) for data in w.raw) > 600 * 1024,
    "invalid-json": lambda w: '{"this" is: not JSON' in w.raw,
    "kwh-labelled-wh": lambda w: w.energies[-1] == 2.0,
    "late-answer": lambda w: "ClearCache" not in w.answers,
    "long-message-id": lambda w: any(len(message[1]) == 60 for message in w.heartbeats()),
    "meter-reset": lambda w: (w.starts[0]["meterStart"] if w.old else w.values(w.starts[0])[ENERGY]) == 0,
    "meter-rollback": lambda w: w.energies == [1500, 2000, 1000],
    "meter-stop-minus-one": lambda w: (w.stops[0]["meterStop"] if w.old else w.values(w.stops[0])[ENERGY]) == -1,
    "never-answers": lambda w: "ClearCache" not in w.answers,
    "no-boot-on-reconnect": lambda w: len(w.csms.payloads("BootNotification")) == 1 and len(w.csms.sockets) == 2,
    "no-subprotocol": lambda w: w.csms.offered[0] is None,
    "no-trigger-reason": lambda w: w.events and not any("triggerReason" in event for event in w.events),
    "not-an-array": lambda w: any(isinstance(message, dict) for message in w.csms.messages()),
    "number-message-id": lambda w: any(message[1] == 4711 for message in w.heartbeats()),
    "odd-subprotocol": lambda w: w.csms.offered[0] == f"ocpp{w.version}.1",
    "out-of-order": lambda w: (
        w.energies == [2000, 1500, 2000] if w.old else [e["seqNo"] for e in w.events][:3] == [0, 2, 1]
    ),
    "pipelined-calls": lambda w: len(w.heartbeats()) >= 3,
    "replay-after-ended": lambda w: (
        (w.events[-1]["eventType"], w.events[-1]["offline"]) == ("Updated", True)
        and w.events[-1]["seqNo"] < w.events[-2]["seqNo"]
    ),
    "remote-start-ignored": lambda w: (
        w.answers.get("RemoteStart", [0, 0, 0])[2] == {"status": "Accepted"} and len(w.starts) == 1
    ),
    "seq-duplicate": lambda w: [event["seqNo"] for event in w.events] == [0, 0, 1, 1, 2, 2],
    "seq-gap": lambda w: [event["seqNo"] for event in w.events] == [0, 2, 4, 6, 8, 10],
    "signed-data": lambda w: w.updates[0]["meterValue"][0]["sampledValue"][0]["value"].startswith("OCMF|"),
    "start-without-stop": lambda w: len(w.starts) == 1 and not w.stops,
    "status-before-boot": lambda w: actions(w)[:2] == ["StatusNotification", "BootNotification"],
    "stop-without-start": lambda w: len(w.stops) == 1 and not w.starts,
    "stray-answer": lambda w: {3, 4} <= {m[0] for m in w.csms.messages()},
    "string-numbers": lambda w: isinstance(w.starts[0]["connectorId" if w.old else "seqNo"], str),
    "tag-lower-case": lambda w: tag(w.starts[0]) == "tag1",
    "tag-suffix": lambda w: tag(w.starts[0]) == "TAG1;",
    "transaction-id-minus-one": lambda w: (w.stops[0]["transactionId"], w.updates[0]["transactionId"]) == (-1, -1),
    "truncated-frame": lambda w: any(data.endswith('"Heartbea') for data in w.raw),
    "two-sockets": lambda w: len(w.csms.sockets) == 2 and len(w.csms.payloads("BootNotification")) == 1,
    "unknown-action": lambda w: "CustomOperation" in actions(w),
    "unknown-message-type": lambda w: any(m[0] == 9 for m in w.csms.messages()),
}


FILE = "https://files.example/acme-2.bin"
PAST = "2020-01-01T00:00:00Z"
REMOTE_START = {
    "1.6": ("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG1"}),
    "2.0.1": (
        "RequestStartTransaction",
        {"evseId": 1, "remoteStartId": 1, "idToken": {"idToken": "TAG1", "type": "ISO14443"}},
    ),
}
UPDATE_FIRMWARE = {
    "1.6": ("UpdateFirmware", {"location": FILE, "retrieveDate": PAST}),
    "2.0.1": ("UpdateFirmware", {"requestId": 1, "firmware": {"location": FILE, "retrieveDateTime": PAST}}),
}
SIGNED = {
    "requestId": 1,
    "firmware": {"location": FILE, "retrieveDateTime": PAST, "signature": "AA==", "signingCertificate": "PEM"},
}
GET_LOG = {"requestId": 2, "logType": "SecurityLog", "log": {"remoteLocation": "ftp://x/"}}
TRANSFERS = frozenset(name for name in TABLE if name.startswith(("firmware-", "log-"))) - {
    "firmware-download-fails",
    "firmware-install-fails",
}
REFUSING = ("firmware-refused", "firmware-certificate-invalid", "firmware-certificate-revoked", "log-refused")


async def ask_for_transfer(csms, version, name):
    """The request whose answer or course differs at a station that misbehaves so."""
    if name.startswith("log-"):
        answer = await csms.ask("GetLog", GET_LOG)
    else:
        answer = await csms.ask("SignedUpdateFirmware" if version == "1.6" else "UpdateFirmware", SIGNED)
    if name not in REFUSING:
        await csms.until(lambda: any(word in str(csms.calls()) for word in ("Failure", "Failed", "InvalidSignature")))
    return answer


async def ask_for_certificate(csms, station, version, name):
    """An installation, or the request to ask for a certificate of its own."""
    csms.answers["SignCertificate"] = lambda payload: {"status": "Accepted"}
    if name == "certificate-refused":
        kind = "CentralSystemRootCertificate" if version == "1.6" else "CSMSRootCertificate"
        return await csms.ask("InstallCertificate", {"certificateType": kind, "certificate": "PEM"})
    if version == "1.6":
        call = "ExtendedTriggerMessage", {"requestedMessage": "SignChargePointCertificate"}
    else:
        call = "TriggerMessage", {"requestedMessage": "SignChargingStationCertificate"}
    answer = await csms.ask(*call)
    if name != "certificate-silent":
        await csms.until(lambda: csms.payloads("SignCertificate"))
    await station.heartbeat()
    return answer


async def dialogue(csms, version, misbehave):
    """One whole session, one request of the central system, and for reconnecting deviations a second connection."""
    answers = {}
    async with SimulatedStation(url=csms.url, identity="CP1", version=version, misbehave=misbehave) as station:
        await station.boot()
        await station.plug_in()
        await station.start(token="TAG1", meter_start_wh=1000)
        for energy_wh in (1500, 2000, 2000):
            await station.meter(energy_wh=energy_wh, power_w=7000)
        await station.stop(meter_stop_wh=3000)
        await station.plug_out()
        try:
            answers["ClearCache"] = await csms.ask("ClearCache", {}, timeout_s=0.2)
        except TimeoutError:
            assert misbehave[0] in ("late-answer", "never-answers")
        if misbehave == ["empty-report-data"]:
            await csms.ask("GetBaseReport", {"requestId": 1, "reportBase": "SummaryInventory"})
            await csms.until(lambda: csms.payloads("NotifyReport"))
        if misbehave == ["remote-start-ignored"]:
            answers["RemoteStart"] = await csms.ask(*of(REMOTE_START, version))
            await station.heartbeat()
        if misbehave[:1] in (["firmware-download-fails"], ["firmware-install-fails"]):
            await csms.ask(*of(UPDATE_FIRMWARE, version))
            await csms.until(lambda: "Failed" in str(csms.payloads("FirmwareStatusNotification")))
        if misbehave[0:] and misbehave[0] in TRANSFERS:
            answers["Transfer"] = await ask_for_transfer(csms, version, misbehave[0])
        if misbehave and misbehave[0].startswith("certificate-"):
            answers["Certificate"] = await ask_for_certificate(csms, station, version, misbehave[0])
        if misbehave == ["no-boot-on-reconnect"]:
            await station.go_offline()
            await station.reconnect()
    await csms.until(lambda: len(csms.closes) == len(csms.sockets))
    return Wire(csms, version, answers)


def test_every_misbehaviour_is_checked():
    assert sorted(CHECKS) == sorted(TABLE)


@pytest.mark.parametrize(("name", "version"), CASES)
async def test_the_deviation_is_on_the_wire(csms, name, version, monkeypatch):
    monkeypatch.setattr(LateAnswer, "delay_s", 0.5)
    monkeypatch.setattr(background, "STEP_S", 0)
    async with asyncio.timeout(20):
        wire = await dialogue(csms, version, [name])
    assert CHECKS[name](wire)


@pytest.mark.parametrize("version", ["1.6", "2.0.1", "2.1"])
async def test_without_misbehaviour_no_check_finds_its_deviation(csms, version):
    wire = await dialogue(csms, version, [])
    found = [name for name, versioned in CASES if versioned == version and _holds(CHECKS[name], wire)]
    assert found == []
    assert [found for action, payload in csms.calls() if (found := schemas.problem(version, action, payload))] == []


def _holds(check, wire):
    try:
        return check(wire)
    except (IndexError, KeyError):
        return False


async def test_a_late_answer_still_comes(csms, monkeypatch):
    monkeypatch.setattr(LateAnswer, "delay_s", 0.2)
    async with SimulatedStation(url=csms.url, identity="CP1", misbehave=["late-answer"]):
        with pytest.raises(TimeoutError):
            await csms.ask("ClearCache", {}, timeout_s=0.05)
        await csms.until(lambda: any(message[0] == 3 for message in csms.messages()))


def test_an_unknown_name_is_refused_and_one_of_another_version_left_out():
    with pytest.raises(UnknownMisbehaviour, match="no-such-thing"):
        misbehaviours_for(["flood", "no-such-thing"], "1.6")
    assert [kind.name for kind in misbehaviours_for(["seq-gap", "flood"], "1.6")] == ["flood"]
