"""Changing the password that a charger presents: at the charger, and here."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from apps.chargers.choices import CommandOrigin, KeyEncoding, OcppVersion
from apps.chargers.engine import passwords
from apps.chargers.messages.commands import SetVariables
from apps.chargers.models import ChargingStation, StationCommand
from apps.chargers.services.commands import enqueue
from apps.chargers.services.connections import PasswordUnacceptable, set_password

KEY_BYTES = 20
LONGEST = {"ocpp1.6": 40, "ocpp2.0.1": 40}
_LONGEST_OTHERWISE = 64


class ChargerNeverConnected(PasswordUnacceptable):
    code = "charger_never_connected"
    message = "The charger never connected, so it is not known how to tell it. Enter the password by hand."


@dataclass(frozen=True, slots=True)
class PasswordChange:
    """``password`` is shown once and kept nowhere in clear; ``command`` tells the charger, if it is to be told."""

    password: str
    command: StationCommand | None


def tell_new_password(
    *,
    station: ChargingStation,
    actor,
    origin: CommandOrigin,
    at: datetime,
    password: str | None = None,
    address: str | None = None,
) -> PasswordChange:
    """Ask the charger to take ``password``, or one that we make; the old one stays valid until it has.

    One of ours has 40 hexadecimal digits: within the limits of every version, and right whether a 1.6 charger takes
    the value as text or for the bytes behind it. Raises ``PasswordUnacceptable``, ``CommandRefused``.
    """
    if not station.protocol:
        raise ChargerNeverConnected(field="password")
    password = password or secrets.token_hex(KEY_BYTES)
    command = enqueue(
        station=station, command=_command(station, password), actor=actor, origin=origin, at=at, address=address
    )
    return PasswordChange(password, command)


def make_password(*, station: ChargingStation, actor, address: str | None = None) -> PasswordChange:
    """A new password that somebody enters at the charger; it is asked for from now on."""
    password = passwords.generate_password()
    set_password(station=station, password=password, actor=actor, address=address)
    return PasswordChange(password, None)


def _command(station: ChargingStation, password: str) -> SetVariables:
    """1.6: the key AuthorizationKey (security white paper, A05); 2.x: SecurityCtrlr.BasicAuthPassword."""
    _check_length(password, LONGEST.get(station.protocol, _LONGEST_OTHERWISE))
    if station.protocol == OcppVersion.OCPP16:
        return SetVariables(variables=({"variable": "AuthorizationKey", "value": _key(station, password)},))
    return SetVariables(variables=({"component": "SecurityCtrlr", "variable": "BasicAuthPassword", "value": password},))


def _key(station: ChargingStation, password: str) -> str:
    """The value on the wire: hexadecimal where the charger reads it so, unless it is that already."""
    if station.key_encoding == KeyEncoding.TEXT or passwords.is_key(password):
        return password
    encoded = password.encode().hex()
    _check_length(encoded, 2 * KEY_BYTES)
    return encoded


def _check_length(value: str, longest: int) -> None:
    if not passwords.MIN_LENGTH <= len(value) <= longest:
        hint = " In hexadecimal, that is 20 characters of text." if longest == 2 * KEY_BYTES < len(value) else ""
        raise PasswordUnacceptable(
            f"This charger takes passwords of {passwords.MIN_LENGTH} to {longest} characters.{hint}", field="password"
        )
