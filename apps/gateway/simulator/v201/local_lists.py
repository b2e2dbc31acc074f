"""The local list of a 2.0.1 station."""

from apps.gateway.simulator.dialect import Handler, Reply
from apps.gateway.simulator.local_list import Known, LocalRules
from apps.gateway.simulator.station import Station
from apps.gateway.simulator.v201.device_model import Variable, key


def rules(station: Station) -> LocalRules:
    """The variables that matter."""

    def variable(component: str, name: str) -> Variable:
        return station.settings[key({"name": component}, {"name": name})]

    def says(component: str, name: str) -> bool:
        return variable(component, name).value.lower() == "true"

    return LocalRules(
        is_enabled=says("LocalAuthListCtrlr", "Enabled"),
        authorizes_offline=says("AuthCtrlr", "LocalAuthorizeOffline"),
        pre_authorizes=says("AuthCtrlr", "LocalPreAuthorize"),
        starts_unknown_offline=says("AuthCtrlr", "OfflineTxForUnknownIdEnabled"),
        capacity=variable("LocalAuthListCtrlr", "Entries").max_limit or 0,
        items=int(variable("LocalAuthListCtrlr", "ItemsPerMessage").value),
    )


def get_local_list_version(station: Station, payload: dict) -> Reply:
    return Reply({"versionNumber": station.local_list.version if rules(station).is_enabled else 0})


def send_local_list(station: Station, payload: dict) -> Reply:
    """A station whose list is switched off fails (there is no other word for it)."""
    if not rules(station).is_enabled:
        return Reply({"status": "Failed"})
    entries = {
        entry["idToken"]["idToken"]: _known(entry.get("idTokenInfo"))
        for entry in payload.get("localAuthorizationList", [])
    }
    status = station.local_list.update(payload["updateType"], payload["versionNumber"], entries, rules(station))
    if status == "Accepted":
        count = station.settings[key({"name": "LocalAuthListCtrlr"}, {"name": "Entries"})]
        count.value = str(len(station.local_list.tokens))
    return Reply({"status": status})


def _known(info: dict | None) -> Known | None:
    if not info:
        return None
    return Known(info["status"], info.get("cacheExpiryDateTime"), info.get("groupIdToken", {}).get("idToken"))


HANDLERS: dict[str, Handler] = {
    "GetLocalListVersion": get_local_list_version,
    "SendLocalList": send_local_list,
}
