"""Stations that tell their transactions wrongly."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING

from apps.gateway.simulator.misbehaviour.base import OF_2, Misbehaviour, Outgoing
from apps.gateway.simulator.misbehaviour.payloads import PayloadMisbehaviour, is_start, is_stop

if TYPE_CHECKING:
    from apps.gateway.simulator.station import Station


class DuplicateStart(Misbehaviour):
    name = "duplicate-start"
    sentence = "The start of a transaction is sent twice with different message ids."

    def rewrite(self, station: "Station", outgoing: Outgoing) -> list[Outgoing]:
        return [outgoing, replace(outgoing, extra=True)] if is_start(outgoing) else [outgoing]


class DuplicateStop(Misbehaviour):
    name = "duplicate-stop"
    sentence = "The end of a transaction is sent twice with different message ids."

    def rewrite(self, station: "Station", outgoing: Outgoing) -> list[Outgoing]:
        return [outgoing, replace(outgoing, extra=True)] if is_stop(outgoing) else [outgoing]


class StopWithoutStart(Misbehaviour):
    name = "stop-without-start"
    sentence = "The start of a transaction is never sent."

    def rewrite(self, station: "Station", outgoing: Outgoing) -> list[Outgoing]:
        return [] if is_start(outgoing) else [outgoing]


class StartWithoutStop(Misbehaviour):
    name = "start-without-stop"
    sentence = "The end of a transaction is never sent: the next start comes on a busy connector."

    def rewrite(self, station: "Station", outgoing: Outgoing) -> list[Outgoing]:
        return [] if is_stop(outgoing) else [outgoing]


class TransactionIdMinusOne(PayloadMisbehaviour):
    name = "transaction-id-minus-one"
    sentence = "Meter values and stops name transaction -1."
    versions = ("1.6",)

    def change(self, action: str, payload: dict) -> None:
        if "transactionId" in payload:
            payload["transactionId"] = -1


class AvailableBeforeStop(Misbehaviour):
    name = "available-before-stop"
    sentence = "The connector is reported Available before the end of its transaction is told."

    def __init__(self) -> None:
        self.connector = 1

    def rewrite(self, station: "Station", outgoing: Outgoing) -> list[Outgoing]:
        if outgoing.action == "StartTransaction":
            self.connector = outgoing.payload["connectorId"]
        if not is_stop(outgoing):
            return [outgoing]
        if station.dialect.version == "1.6":
            status = {"connectorId": self.connector, "errorCode": "NoError", "status": "Available"}
        else:
            evse_id = outgoing.payload["evse"]["id"]
            status = {"evseId": evse_id, "connectorId": 1, "connectorStatus": "Available"}
        early = Outgoing("StatusNotification", status | {"timestamp": station.now()}, extra=True)
        return [early, outgoing]


class ReplayAfterEnded(Misbehaviour):
    name = "replay-after-ended"
    sentence = "After Ended an older Updated event follows with offline=true."
    versions = OF_2

    def __init__(self) -> None:
        self.updated: dict | None = None

    def rewrite(self, station: "Station", outgoing: Outgoing) -> list[Outgoing]:
        if outgoing.payload.get("eventType") == "Updated":
            self.updated = outgoing.payload
        if not is_stop(outgoing) or self.updated is None:
            return [outgoing]
        return [outgoing, Outgoing("TransactionEvent", self.updated | {"offline": True}, extra=True)]


class SeqGap(PayloadMisbehaviour):
    name = "seq-gap"
    sentence = "Every second seqNo is missing: 0, 2, 4."
    versions = OF_2

    def change(self, action: str, payload: dict) -> None:
        if action == "TransactionEvent":
            payload["seqNo"] *= 2


class SeqDuplicate(PayloadMisbehaviour):
    name = "seq-duplicate"
    sentence = "Two events in a row share a seqNo: 0, 0, 1, 1."
    versions = OF_2

    def change(self, action: str, payload: dict) -> None:
        if action == "TransactionEvent":
            payload["seqNo"] //= 2


class OutOfOrder(Misbehaviour):
    name = "out-of-order"
    sentence = "An update (a meter value on 1.6) is overtaken by the message after it."

    def __init__(self) -> None:
        self.held: Outgoing | None = None

    def rewrite(self, station: "Station", outgoing: Outgoing) -> list[Outgoing]:
        updates = outgoing.action == "MeterValues" or outgoing.payload.get("eventType") == "Updated"
        if self.held is None and updates:
            self.held = replace(outgoing, payload=deepcopy(outgoing.payload), extra=True)
            return []
        if self.held is not None and (updates or is_stop(outgoing)):
            held, self.held = self.held, None
            return [outgoing, held]
        return [outgoing]


class EvseOnlyFirst(PayloadMisbehaviour):
    name = "evse-only-first"
    sentence = "Only the first event of a transaction names the EVSE and the token."
    versions = OF_2

    def change(self, action: str, payload: dict) -> None:
        if action == "TransactionEvent" and payload["eventType"] != "Started":
            payload.pop("evse", None)
            payload.pop("idToken", None)


class NoTriggerReason(PayloadMisbehaviour):
    name = "no-trigger-reason"
    sentence = "Transaction events lack the mandatory triggerReason."
    versions = OF_2

    def change(self, action: str, payload: dict) -> None:
        payload.pop("triggerReason", None)


class TagLowerCase(PayloadMisbehaviour):
    name = "tag-lower-case"
    sentence = "Id tags are sent in lower case."

    def change(self, action: str, payload: dict) -> None:
        _change_tag(payload, str.lower)


class TagSuffix(PayloadMisbehaviour):
    name = "tag-suffix"
    sentence = "A semicolon is appended to id tags."

    def change(self, action: str, payload: dict) -> None:
        _change_tag(payload, lambda tag: f"{tag[:19]};")


def _change_tag(payload: dict, change: Callable[[str], str]) -> None:
    if "idTag" in payload:
        payload["idTag"] = change(payload["idTag"])
    if "idToken" in payload:
        payload["idToken"]["idToken"] = change(payload["idToken"]["idToken"])


KINDS = (
    DuplicateStart,
    DuplicateStop,
    StopWithoutStart,
    StartWithoutStop,
    TransactionIdMinusOne,
    AvailableBeforeStop,
    ReplayAfterEnded,
    SeqGap,
    SeqDuplicate,
    OutOfOrder,
    EvseOnlyFirst,
    NoTriggerReason,
    TagLowerCase,
    TagSuffix,
)
