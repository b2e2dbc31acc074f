"""Identifiers that people and vehicles present (OCPP 2.0.1 part 2, IdTokenType)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class IdTokenType(StrEnum):
    """OCPP 2.0.1 IdTokenEnumType, and the last three of 2.1, where a type is free text of up to 20 characters.

    1.6 tags arrive as ``ISO14443`` for want of better knowledge.
    """

    CENTRAL = "Central"
    EMAID = "eMAID"
    ISO14443 = "ISO14443"
    ISO15693 = "ISO15693"
    KEY_CODE = "KeyCode"
    LOCAL = "Local"
    MAC_ADDRESS = "MacAddress"
    NO_AUTHORIZATION = "NoAuthorization"
    DIRECT_PAYMENT = "DirectPayment"
    EVCCID = "EVCCID"
    VIN = "VIN"


class AuthorizationStatus(StrEnum):
    """OCPP 2.0.1 AuthorizationStatusEnumType; 1.6 knows the first five."""

    ACCEPTED = "Accepted"
    BLOCKED = "Blocked"
    EXPIRED = "Expired"
    INVALID = "Invalid"
    CONCURRENT_TX = "ConcurrentTx"
    NO_CREDIT = "NoCredit"
    NOT_ALLOWED_TYPE_EVSE = "NotAllowedTypeEVSE"
    NOT_AT_THIS_LOCATION = "NotAtThisLocation"
    NOT_AT_THIS_TIME = "NotAtThisTime"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class IdToken:
    """A presented identifier, as the charger wrote it. ``additional_info`` are (identifier, type) pairs (2.x)."""

    value: str
    type: str = IdTokenType.ISO14443
    additional_info: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """What tokens are compared by: identifiers are case-insensitive (CiString)."""
        return self.value.strip().casefold()


@dataclass(frozen=True, slots=True)
class IdTokenInfo:
    """Our verdict on a token; ``group_id`` is 1.6's parentIdTag.

    ``evse_ids``: the only EVSEs of the station where it is valid; empty: all. ``charging_priority`` −9 to 9.
    """

    status: AuthorizationStatus
    expires_at: datetime | None = None
    group_id: str | None = None
    group_id_type: str = IdTokenType.CENTRAL
    personal_message: str | None = None
    language: str | None = None
    charging_priority: int = 0
    evse_ids: tuple[int, ...] = ()
