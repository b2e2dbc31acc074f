"""What a 2.0.1 station tells of its customers, in parts."""

from apps.gateway.simulator.delivery import Message
from apps.gateway.simulator.dialect import Handler, Reply
from apps.gateway.simulator.station import Station

PART_LENGTH = 512
NOTHING = "No customer data found."


def customer_information(station: Station, payload: dict) -> Reply:
    """`station.customers` holds what it knows, by token, identifier or serial number of a certificate."""
    wanted = _customer(payload)
    if wanted is None:
        return Reply({"status": "Invalid"})
    known = station.customers.get(wanted, "")
    if payload["clear"]:
        station.customers.pop(wanted, None)
    text = known if payload["report"] else ""
    return Reply({"status": "Accepted"}, lambda: station.notify(*_parts(station, payload["requestId"], text)))


def _customer(payload: dict) -> str | None:
    """The one that is named; none where nobody is, or several are."""
    named = [
        payload.get("idToken", {}).get("idToken"),
        payload.get("customerIdentifier"),
        payload.get("customerCertificate", {}).get("serialNumber"),
    ]
    given = [name for name in named if name]
    return given[0] if len(given) == 1 else None


def _parts(station: Station, request_id: int, text: str) -> list[Message]:
    text = text or NOTHING
    chunks = [text[at : at + PART_LENGTH] for at in range(0, len(text), PART_LENGTH)]
    return [
        Message(
            "NotifyCustomerInformation",
            {
                "requestId": request_id,
                "generatedAt": station.now(),
                "seqNo": seq_no,
                "tbc": seq_no < len(chunks) - 1,
                "data": chunk,
            },
        )
        for seq_no, chunk in enumerate(chunks)
    ]


HANDLERS: dict[str, Handler] = {"CustomerInformation": customer_information}
