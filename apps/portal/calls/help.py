"""Words and safe beginnings for fields of messages, by their name."""

from re import sub

HELP = {
    "evseId": "0 is the whole station.",
    "connectorId": "0 is the whole station.",
    "requestId": "Left empty: a new number.",
    "remoteStartId": "Left empty: a new number.",
    "reservationId": "As the list of reservations names it.",
    "transactionId": "As the session’s page names it.",
    "idToken": "The card’s number.",
    "idTag": "The card’s number, at most 20 characters.",
    "key": "Left empty: all of them.",
    "chargingProfileId": "Left empty: every limit that fits the rest.",
    "stackLevel": "Where limits compete, the higher level counts.",
    "limit": "In the unit of the schedule, at most one decimal.",
    "startPeriod": "Seconds after the schedule’s start; the first begins at 0.",
    "numberPhases": "Left empty: three.",
    "duration": "In seconds.",
    "interval": "In seconds.",
    "retryInterval": "In seconds.",
    "location": "An address that the station can reach.",
    "vendorId": "As the vendor’s manual names it.",
    "severity": "0 is the gravest, 9 the least.",
    "versionNumber": "Higher than the one the station holds.",
    "listVersion": "Higher than the one the station holds.",
}
SAFE = {
    ("Reset", "type"): ("OnIdle", "Soft"),
    ("ChangeAvailability", "type"): ("Operative",),
    ("ChangeAvailability", "operationalStatus"): ("Operative",),
    ("SendLocalList", "updateType"): ("Differential",),
    ("GetBaseReport", "reportBase"): ("SummaryInventory",),
    ("SetMonitoringBase", "monitoringBase"): ("All",),
    ("ClearDERControl", "isDefault"): ("no",),
    ("CustomerInformation", "clear"): ("no",),
    ("CustomerInformation", "report"): ("yes",),
    ("UsePriorityCharging", "activate"): ("yes",),
}
"""The gentlest choice, by (action, path); the first that the version knows."""
OWN_NUMBERS = {"requestId": "ocpp_request", "remoteStartId": "remote_start"}
"""Fields that we number ourselves where they are left empty, and their counters."""
KEPT_EMPTY = frozenset({"value", "attributeValue"})
"""Texts that an empty value may be written to."""
_SHORT = {"Evse": "EVSE", "Id": "number", "Url": "address", "Tx": "session", "Ocpp": "OCPP", "Soc": "state of charge"}


def label_of(name: str) -> str:
    """``chargingProfilePurpose`` as “Charging profile purpose”."""
    words = sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name[:1].upper() + name[1:]).split(" ")
    first, *rest = [_SHORT.get(word, word) for word in words]
    rest = [word if word.isupper() else word.lower() for word in rest]
    return " ".join([first[:1].upper() + first[1:], *rest])
