"""ChargingProfileType of 2.x, to and from the neutral form."""

from apps.chargers.messages.charging_profiles import ChargingProfile
from apps.gateway.protocol.fields import read_int
from apps.gateway.protocol.schedules import Json, read_instant, read_schedule, refuse_modes, set_only, write_schedule
from apps.gateway.protocol.timestamps import format_timestamp


def read_profile(data: Json, deviations: list[str]) -> ChargingProfile:
    transaction_id = data.get("transactionId")
    return ChargingProfile(
        id=int(data["id"]),
        stack_level=int(data["stackLevel"]),
        purpose=data["chargingProfilePurpose"],
        kind=data["chargingProfileKind"],
        schedules=tuple(read_schedule(schedule, deviations) for schedule in data["chargingSchedule"]),
        recurrency=data.get("recurrencyKind"),
        valid_from=read_instant(data.get("validFrom"), deviations),
        valid_to=read_instant(data.get("validTo"), deviations),
        transaction_id=None if transaction_id is None else str(transaction_id),
        max_offline_duration_s=read_int(data.get("maxOfflineDuration")),
        invalid_after_offline=data.get("invalidAfterOfflineDuration"),
        update_interval_s=read_int(data.get("dynUpdateInterval")),
        updated_at=read_instant(data.get("dynUpdateTime"), deviations),
    )


def write_profile(profile: ChargingProfile) -> Json:
    """As 2.0.1 knows it. Raises ``CommandNotExpressible``."""
    refuse_modes(profile)
    return write_fields(profile)


def write_fields(profile: ChargingProfile) -> Json:
    """What 2.0.1 and 2.1 have in common, with the periods as they are."""
    return set_only(
        {
            "id": profile.id,
            "stackLevel": profile.stack_level,
            "chargingProfilePurpose": profile.purpose,
            "chargingProfileKind": profile.kind,
            "recurrencyKind": profile.recurrency,
            "validFrom": profile.valid_from and format_timestamp(profile.valid_from),
            "validTo": profile.valid_to and format_timestamp(profile.valid_to),
            "transactionId": profile.transaction_id,
            "chargingSchedule": [{"id": schedule.id, **write_schedule(schedule)} for schedule in profile.schedules],
        }
    )
