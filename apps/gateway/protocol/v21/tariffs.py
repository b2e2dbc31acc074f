"""Tariffs in 2.1 (block I): the station knows prices and reckons the cost itself."""

from typing import Any

from apps.chargers.messages.commands.tariffs import (
    ChangeTransactionTariff,
    ClearTariffs,
    DefaultTariffAnswered,
    GetTariffs,
    HeldTariff,
    SetDefaultTariff,
    TariffsCleared,
    TariffsListed,
)
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.adapter import CommandEncoder, ResultDecoder
from apps.gateway.protocol.results import read_status, read_status_info, with_lesson

GONE = frozenset({"Accepted", "NoTariff"})


def encode_set_default(command: SetDefaultTariff) -> tuple[str, dict[str, Any]]:
    return "SetDefaultTariff", {"evseId": command.evse_id, "tariff": dict(command.tariff)}


def encode_change(command: ChangeTransactionTariff) -> tuple[str, dict[str, Any]]:
    payload = {"transactionId": command.transaction_id, "tariff": dict(command.tariff)}
    return "ChangeTransactionTariff", payload


def encode_get(command: GetTariffs) -> tuple[str, dict[str, Any]]:
    return "GetTariffs", {"evseId": command.evse_id}


def encode_clear(command: ClearTariffs) -> tuple[str, dict[str, Any]]:
    which = {"tariffIds": list(command.tariff_ids)} if command.tariff_ids else {}
    return "ClearTariffs", which | ({} if command.evse_id is None else {"evseId": command.evse_id})


def decode_set_default(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    answered = DefaultTariffAnswered(
        int(request["evseId"]), request["tariff"], response["status"], read_status_info(response)
    )
    return with_lesson(read_status(request, response), answered)


def decode_get(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    """NoTariff is an answer, too: there is none."""
    status = response["status"]
    held = tuple(_held(item) for item in response.get("tariffAssignments", ()))
    words = {0: "It holds no tariff", 1: "It holds one tariff"}.get(len(held), f"It holds {len(held)} tariffs")
    if status not in GONE:
        return read_status(request, response)
    return CommandResult(True, status, words, learnt=(TariffsListed(int(request["evseId"]), held),))


def decode_clear(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    """One result for each tariff; accepted where none of them stayed."""
    results = response["clearTariffsResult"]
    kept = [item for item in results if item["status"] not in GONE]
    status = kept[0]["status"] if kept else results[0]["status"]
    asked = tuple(request.get("tariffIds", ()))
    gone = tuple(item["tariffId"] for item in results if item["status"] in GONE and "tariffId" in item)
    evse = request.get("evseId")
    cleared = TariffsCleared(gone, False, evse) if kept else TariffsCleared(asked or gone, not asked, evse)
    detail = "; ".join(f"{item.get('tariffId', 'A tariff')} stays: {read_status_info(item)}" for item in kept)
    return CommandResult(not kept, status, detail[:500], learnt=(cleared,))


def _held(item: dict[str, Any]) -> HeldTariff:
    return HeldTariff(item["tariffId"], item["tariffKind"], tuple(int(number) for number in item.get("evseIds", ())))


ENCODE: dict[str, CommandEncoder] = {
    SetDefaultTariff.name: encode_set_default,
    ChangeTransactionTariff.name: encode_change,
    GetTariffs.name: encode_get,
    ClearTariffs.name: encode_clear,
}
DECODE_RESULT: dict[str, ResultDecoder] = {
    "SetDefaultTariff": decode_set_default,
    "GetTariffs": decode_get,
    "ClearTariffs": decode_clear,
}
