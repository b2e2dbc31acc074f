"""ChargingProfile of 1.6 (§7.8), to and from the neutral form."""

from apps.chargers.messages.charging_profiles import ChargingProfile, ProfilePurpose
from apps.gateway.protocol.errors import CommandNotExpressible
from apps.gateway.protocol.fields import read_int
from apps.gateway.protocol.schedules import Json, read_instant, read_schedule, refuse_modes, set_only, write_schedule
from apps.gateway.protocol.timestamps import format_timestamp

STATION_MAX = "ChargePointMaxProfile"
PURPOSES = {
    ProfilePurpose.STATION_MAX.value: STATION_MAX,
    ProfilePurpose.TX_DEFAULT.value: "TxDefaultProfile",
    ProfilePurpose.TX.value: "TxProfile",
}
NEUTRAL_PURPOSES = {word: purpose for purpose, word in PURPOSES.items()}
KINDS = frozenset({"Absolute", "Recurring", "Relative"})


def read_profile(data: Json, deviations: list[str]) -> ChargingProfile:
    transaction_id = read_int(data.get("transactionId"))
    purpose = data["chargingProfilePurpose"]
    return ChargingProfile(
        id=int(data["chargingProfileId"]),
        stack_level=int(data["stackLevel"]),
        purpose=NEUTRAL_PURPOSES.get(purpose, str(purpose)),
        kind=data["chargingProfileKind"],
        schedules=(read_schedule(data["chargingSchedule"], deviations),),
        recurrency=data.get("recurrencyKind"),
        valid_from=read_instant(data.get("validFrom"), deviations),
        valid_to=read_instant(data.get("validTo"), deviations),
        transaction_id=None if transaction_id is None else str(transaction_id),
    )


def write_profile(profile: ChargingProfile) -> Json:
    """Raises ``CommandNotExpressible`` for what 1.6 does not know."""
    if profile.kind not in KINDS:
        raise CommandNotExpressible(f"OCPP 1.6 has no profiles of the kind {profile.kind}.")
    if any(period.phase_to_use is not None for period in profile.schedule.periods):
        raise CommandNotExpressible("OCPP 1.6 cannot say which phase to use.")
    refuse_modes(profile)
    return set_only(
        {
            "chargingProfileId": profile.id,
            "transactionId": write_transaction_id(profile.transaction_id),
            "stackLevel": profile.stack_level,
            "chargingProfilePurpose": write_purpose(profile.purpose),
            "chargingProfileKind": profile.kind,
            "recurrencyKind": profile.recurrency,
            "validFrom": profile.valid_from and format_timestamp(profile.valid_from),
            "validTo": profile.valid_to and format_timestamp(profile.valid_to),
            "chargingSchedule": write_schedule(profile.schedule),
        }
    )


def write_purpose(purpose: str) -> str:
    """1.6's word; raises ``CommandNotExpressible``."""
    try:
        return PURPOSES[purpose]
    except KeyError:
        raise CommandNotExpressible(f"OCPP 1.6 has no profiles for {purpose}.") from None


def write_transaction_id(transaction_id: str | None) -> int | None:
    """1.6's transactions have numbers; raises ``CommandNotExpressible``."""
    try:
        return None if transaction_id is None else int(transaction_id)
    except ValueError:
        raise CommandNotExpressible("A transaction of OCPP 1.6 has a number, this one has none.") from None
