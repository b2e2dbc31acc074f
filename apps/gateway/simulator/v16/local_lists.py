"""The local list of a 1.6 charge point."""

from apps.gateway.simulator.dialect import Handler, Reply
from apps.gateway.simulator.local_list import Known, LocalRules
from apps.gateway.simulator.station import Station


def rules(station: Station) -> LocalRules:
    """The configuration keys that matter."""

    def says(name: str) -> bool:
        return station.settings[name].value.lower() == "true"

    return LocalRules(
        is_enabled=says("LocalAuthListEnabled"),
        authorizes_offline=says("LocalAuthorizeOffline"),
        pre_authorizes=says("LocalPreAuthorize"),
        starts_unknown_offline=says("AllowOfflineTxForUnknownId"),
        capacity=int(station.settings["LocalAuthListMaxLength"].value),
        items=int(station.settings["SendLocalListMaxLength"].value),
    )


def get_local_list_version(station: Station, payload: dict) -> Reply:
    return Reply({"listVersion": station.local_list.version if rules(station).is_enabled else -1})


def send_local_list(station: Station, payload: dict) -> Reply:
    if not rules(station).is_enabled:
        return Reply({"status": "NotSupported"})
    entries = {entry["idTag"]: _known(entry.get("idTagInfo")) for entry in payload.get("localAuthorizationList", [])}
    status = station.local_list.update(payload["updateType"], payload["listVersion"], entries, rules(station))
    return Reply({"status": status})


def _known(info: dict | None) -> Known | None:
    return Known(info["status"], info.get("expiryDate"), info.get("parentIdTag")) if info else None


HANDLERS: dict[str, Handler] = {
    "GetLocalListVersion": get_local_list_version,
    "SendLocalList": send_local_list,
}
