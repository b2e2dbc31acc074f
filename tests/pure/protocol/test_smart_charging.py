"""Smart charging: profiles in the words of each version, exact limits, and what answers teach."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest

from apps.chargers.messages.charging_profiles import (
    ChargingProfile,
    ChargingSchedule,
    ChargingSchedulePeriod,
    profile_as_json,
    profile_from_json,
)
from apps.chargers.messages.commands import (
    ClearChargingProfile,
    GetChargingProfiles,
    GetCompositeSchedule,
    RequestStartTransaction,
    SetChargingProfile,
)
from apps.chargers.messages.commands.smart_charging import (
    CompositeScheduleTold,
    ProfileAnswered,
    ProfileReportPromised,
    ProfilesCleared,
)
from apps.chargers.messages.events import (
    ChargingLimitCleared,
    ChargingLimitNotified,
    ChargingNeeds,
    ChargingNeedsNotified,
    ChargingProfilesReported,
    ChargingScheduleNotified,
)
from apps.chargers.messages.replies import ChargingNeedsReply, ChargingScheduleReply, Reply
from apps.gateway.protocol.adapter import adapter_for
from apps.gateway.protocol.errors import CommandNotExpressible
from apps.gateway.protocol.outcomes import CommandAnswered, Inbound
from tests.pure.protocol.talk import VERSIONS, answer, call, connect, read

AT = datetime(2026, 3, 1, 11, 59, tzinfo=UTC)
T = "2026-03-01T11:59:00.000Z"
PERIODS = (ChargingSchedulePeriod(0, Decimal("16.3"), 3), ChargingSchedulePeriod(3600, Decimal(6)))
WIRE_PERIODS = [{"startPeriod": 0, "limit": 16.3, "numberPhases": 3}, {"startPeriod": 3600, "limit": 6}]
DEFAULT = ChargingProfile(
    7, 2, "TxDefaultProfile", "Recurring", (ChargingSchedule("A", PERIODS, 4, AT, 86_400, Decimal("6.5")),),
    recurrency="Daily", valid_from=AT, valid_to=AT.replace(year=2027),
)  # fmt: skip
TX = ChargingProfile(8, 0, "TxProfile", "Relative", (ChargingSchedule("W", PERIODS[1:]),), transaction_id="17")
MAX = ChargingProfile(9, 0, "ChargingStationMaxProfile", "Absolute", (ChargingSchedule("A", PERIODS, start_at=AT),))

DEFAULT_16 = {
    "chargingProfileId": 7, "stackLevel": 2, "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Recurring", "recurrencyKind": "Daily", "validFrom": T, "validTo": T.replace("2026", "2027"),
    "chargingSchedule": {"startSchedule": T, "duration": 86_400, "chargingRateUnit": "A", "minChargingRate": 6.5,
                         "chargingSchedulePeriod": WIRE_PERIODS},
}  # fmt: skip
DEFAULT_201 = {
    "id": 7, "stackLevel": 2, "chargingProfilePurpose": "TxDefaultProfile", "chargingProfileKind": "Recurring",
    "recurrencyKind": "Daily", "validFrom": T, "validTo": T.replace("2026", "2027"),
    "chargingSchedule": [{"id": 4, **DEFAULT_16["chargingSchedule"]}],
}  # fmt: skip
TX_16 = {
    "chargingProfileId": 8, "transactionId": 17, "stackLevel": 0, "chargingProfilePurpose": "TxProfile",
    "chargingProfileKind": "Relative",
    "chargingSchedule": {"chargingRateUnit": "W", "chargingSchedulePeriod": [{"startPeriod": 3600, "limit": 6}]},
}  # fmt: skip
TX_201 = {
    "id": 8, "transactionId": "17", "stackLevel": 0, "chargingProfilePurpose": "TxProfile",
    "chargingProfileKind": "Relative", "chargingSchedule": [{"id": 1, **TX_16["chargingSchedule"]}],
}  # fmt: skip


def as_json(profile: ChargingProfile) -> dict[str, Any]:
    return profile_as_json(profile)


@pytest.mark.ocpp("2.1", "SetChargingProfile", "ClearChargingProfile", "GetChargingProfiles", "GetCompositeSchedule")
@pytest.mark.ocpp("1.6", "SetChargingProfile", "ClearChargingProfile", "GetCompositeSchedule", "RemoteStartTransaction")
@pytest.mark.ocpp(
    "2.0.1", "SetChargingProfile", "ClearChargingProfile", "GetChargingProfiles", "GetCompositeSchedule",
    "RequestStartTransaction",
)  # fmt: skip
@pytest.mark.parametrize(
    ("command", "in_16", "in_201"),
    [
        (SetChargingProfile(2, as_json(DEFAULT)),
         ("SetChargingProfile", {"connectorId": 2, "csChargingProfiles": DEFAULT_16}),
         ("SetChargingProfile", {"evseId": 2, "chargingProfile": DEFAULT_201})),
        (SetChargingProfile(1, as_json(TX)),
         ("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": TX_16}),
         ("SetChargingProfile", {"evseId": 1, "chargingProfile": TX_201})),
        (ClearChargingProfile(profile_id=7), ("ClearChargingProfile", {"id": 7}),
         ("ClearChargingProfile", {"chargingProfileId": 7})),
        (ClearChargingProfile(evse_id=0, purpose="ChargingStationMaxProfile", stack_level=1),
         ("ClearChargingProfile",
          {"connectorId": 0, "chargingProfilePurpose": "ChargePointMaxProfile", "stackLevel": 1}),
         ("ClearChargingProfile",
          {"chargingProfileCriteria": {
              "evseId": 0, "chargingProfilePurpose": "ChargingStationMaxProfile", "stackLevel": 1}})),
        (ClearChargingProfile(), ("ClearChargingProfile", {}), ("ClearChargingProfile", {})),
        (GetCompositeSchedule(0, 600, "W"),
         ("GetCompositeSchedule", {"connectorId": 0, "duration": 600, "chargingRateUnit": "W"}),
         ("GetCompositeSchedule", {"evseId": 0, "duration": 600, "chargingRateUnit": "W"})),
        (GetChargingProfiles(5, evse_id=0, purpose="TxProfile", limit_sources=("EMS", "CSO")), None,
         ("GetChargingProfiles", {"requestId": 5, "evseId": 0, "chargingProfile": {
             "chargingProfilePurpose": "TxProfile", "chargingLimitSource": ["EMS", "CSO"]}})),
        (GetChargingProfiles(5, stack_level=1, profile_ids=(1, 2)), None,
         ("GetChargingProfiles", {"requestId": 5, "chargingProfile": {"chargingProfileId": [1, 2]}})),
        (RequestStartTransaction("TAG", 8, 2, charging_profile={**as_json(TX), "transaction_id": None}),
         ("RemoteStartTransaction", {"idTag": "TAG", "connectorId": 2, "chargingProfile": {
             key: value for key, value in TX_16.items() if key != "transactionId"}}),
         ("RequestStartTransaction", {
             "idToken": {"idToken": "TAG", "type": "Central"}, "remoteStartId": 8, "evseId": 2,
             "chargingProfile": {key: value for key, value in TX_201.items() if key != "transactionId"}})),
        (SetChargingProfile(1, {**as_json(TX), "transaction_id": "a-b"}), None,
         ("SetChargingProfile", {"evseId": 1, "chargingProfile": {**TX_201, "transactionId": "a-b"}})),
    ],
)  # fmt: skip
def test_the_words_of_each_version(command, in_16, in_201):
    for version, expected in (("ocpp1.6", in_16), ("ocpp2.0.1", in_201), ("ocpp2.1", in_201)):
        adapter = adapter_for(version)
        if expected is None:
            with pytest.raises(CommandNotExpressible):
                adapter.encode_command(command)
            continue
        assert adapter.encode_command(command) == expected
        assert adapter.validate_request(*expected) == []


@pytest.mark.parametrize("change", [{"purpose": "PriorityCharging"}, {"kind": "Dynamic"}])
def test_what_16_has_no_words_for_is_said_so(change):
    with pytest.raises(CommandNotExpressible):
        adapter_for("ocpp1.6").encode_command(SetChargingProfile(1, {**as_json(TX), **change}))


def test_the_phase_to_use_cannot_be_said_in_16():
    period = ChargingSchedulePeriod(0, Decimal(16), 1, 2)
    profile = ChargingProfile(1, 0, "TxDefaultProfile", "Relative", (ChargingSchedule("A", (period,)),))
    with pytest.raises(CommandNotExpressible):
        adapter_for("ocpp1.6").encode_command(SetChargingProfile(1, as_json(profile)))


@pytest.mark.parametrize("profile", [DEFAULT, TX, MAX])
def test_a_profile_survives_json(profile):
    assert profile_from_json(profile_as_json(profile)) == profile


def test_three_tenths_are_three_tenths():
    schedule = ChargingSchedule("A", (ChargingSchedulePeriod(0, Decimal("0.1") * 3),))
    profile = ChargingProfile(1, 0, "TxDefaultProfile", "Relative", (schedule,))
    for version in VERSIONS:
        action, payload = adapter_for(version).encode_command(SetChargingProfile(1, as_json(profile)))
        assert '"limit":0.3}' in orjson.dumps(payload).decode()
        assert adapter_for(version).validate_request(action, payload) == []


def answered(version: str, command: Any, response: dict[str, Any], **options: Any) -> CommandAnswered:
    connection = connect(version, **options)
    connection.send_command(command, "c1")
    outcome = answer(connection, "c1", response)
    assert isinstance(outcome, CommandAnswered)
    return outcome


@pytest.mark.ocpp(None, "SetChargingProfile")
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("profile", "evse"), [(DEFAULT, 2), (TX, 1), (MAX, 0)])
def test_an_accepted_profile_is_learnt_as_it_went_over_the_wire(version, profile, evse):
    learnt = answered(version, SetChargingProfile(evse, as_json(profile)), {"status": "Accepted"}).result.learnt
    if version == "ocpp1.6":  # its schedules have no id
        profile = ChargingProfile(**{**_fields(profile), "schedules": (_with_id(profile.schedule, 1),)})
    assert learnt == (ProfileAnswered(evse, profile, True, "Accepted"),)


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def _with_id(schedule: ChargingSchedule, number: int) -> ChargingSchedule:
    return ChargingSchedule(**{**_fields(schedule), "id": number})


def test_a_refused_profile_keeps_the_chargers_reason():
    response = {"status": "Rejected", "statusInfo": {"reasonCode": "InvalidSchedule", "additionalInfo": "too many"}}
    result = answered("ocpp2.0.1", SetChargingProfile(1, as_json(TX)), response).result
    assert not result.accepted
    assert result.learnt == (ProfileAnswered(1, TX, False, "InvalidSchedule: too many"),)


def test_a_16_charger_may_refuse_profiles_as_such():
    result = answered("ocpp1.6", SetChargingProfile(1, as_json(TX)), {"status": "NotSupported"}).result
    assert (result.accepted, result.learnt[0].reason) == (False, "NotSupported")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("word", "found"), [("Accepted", True), ("Unknown", False)])
def test_after_a_clear_no_such_profile_is_there_whether_there_was_one_or_not(version, word, found):
    by_id = answered(version, ClearChargingProfile(profile_id=7), {"status": word}).result
    assert (by_id.accepted, by_id.learnt) == (found, (ProfilesCleared(found, profile_id=7),))
    criteria = {"evse_id": 0, "purpose": "ChargingStationMaxProfile", "stack_level": 1}
    by_criteria = answered(version, ClearChargingProfile(**criteria), {"status": word}).result
    assert by_criteria.learnt == (ProfilesCleared(found, **criteria),)


@pytest.mark.parametrize(
    ("version", "response"),
    [
        ("ocpp1.6", {"connectorId": 1, "scheduleStart": T, "chargingSchedule": {
            "duration": 600, "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 53.379997}]}}),
        ("ocpp2.0.1", {"schedule": {
            "evseId": 1, "duration": 600, "scheduleStart": T, "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 53.379997}]}}),
    ],
)  # fmt: skip
def test_a_composite_schedule_with_computed_decimals_is_read_exactly(version, response):
    result = answered(version, GetCompositeSchedule(1, 600, "A"), {"status": "Accepted", **response}).result
    period = ChargingSchedulePeriod(0, Decimal("53.379997"))
    schedule = ChargingSchedule("A", (period,), start_at=AT, duration_s=600)
    assert result.learnt == (CompositeScheduleTold(1, 600, True, "A", schedule),)


@pytest.mark.parametrize(
    "response",
    [
        {"connectorId": 1, "scheduleStart": T, "chargingSchedule": {
            "duration": 600, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16}]}},
        {"schedule": {"startSchedule": T, "duration": 600, "chargingRateUnit": "A",
                      "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16}]}},
    ],
)  # fmt: skip
@pytest.mark.parametrize("version", ["ocpp2.0.1", "ocpp2.1"])
def test_an_answer_in_the_shape_of_16_is_understood_within_2x(version, response):
    result = answered(version, GetCompositeSchedule(1, 600, "A"), {"status": "Accepted", **response}).result
    schedule = ChargingSchedule("A", (ChargingSchedulePeriod(0, Decimal(16)),), start_at=AT, duration_s=600)
    assert result.learnt == (CompositeScheduleTold(1, 600, True, "A", schedule, ("composite-schedule-of-1.6",)),)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("word", ["Accepted", "Rejected"])
def test_a_composite_schedule_may_be_refused_or_empty(version, word):
    result = answered(version, GetCompositeSchedule(0, 600), {"status": word}).result
    assert result.learnt == (CompositeScheduleTold(0, 600, word == "Accepted"),)


@pytest.mark.ocpp("2.0.1", "GetChargingProfiles")
@pytest.mark.parametrize(("word", "found"), [("Accepted", True), ("NoProfiles", False)])
def test_no_profiles_is_an_answer_and_no_refusal(word, found):
    command = GetChargingProfiles(5, evse_id=1, purpose="TxProfile", stack_level=0)
    result = answered("ocpp2.0.1", command, {"status": word}).result
    assert (result.accepted, result.status) == (True, word)
    assert result.learnt == (ProfileReportPromised(5, found, 1, "TxProfile", 0),)


@pytest.mark.ocpp("2.0.1", "GetChargingProfiles")
def test_a_report_of_profiles_is_invited():
    assert adapter_for("ocpp2.0.1").invited_by("GetChargingProfiles", {}) == {"ReportChargingProfiles"}


SCHEDULE = {"id": 4, "chargingRateUnit": "W", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 11_000.5}]}
NEUTRAL_SCHEDULE = ChargingSchedule("W", (ChargingSchedulePeriod(0, Decimal("11000.5")),), 4)
AC = {"energyAmount": 20_000, "evMinCurrent": 6, "evMaxCurrent": 16, "evMaxVoltage": 400}
DC = {"evMaxCurrent": 200, "evMaxVoltage": 500, "energyAmount": 30_000, "evMaxPower": 90_000, "stateOfCharge": 20}
AC_NEEDS = {"requestedEnergyTransfer": "AC_three_phase", "departureTime": T, "acChargingParameters": AC}
DC_NEEDS = {"requestedEnergyTransfer": "DC", "dcChargingParameters": DC}


@pytest.mark.ocpp(
    "2.0.1", "NotifyChargingLimit", "ClearedChargingLimit", "NotifyEVChargingNeeds", "NotifyEVChargingSchedule",
    "ReportChargingProfiles",
)  # fmt: skip
@pytest.mark.parametrize(
    ("action", "payload", "event"),
    [
        ("NotifyChargingLimit", {"chargingLimit": {"chargingLimitSource": "EMS"}}, ChargingLimitNotified("EMS")),
        ("NotifyChargingLimit",
         {"evseId": 2, "chargingLimit": {"chargingLimitSource": "SO", "isGridCritical": True},
          "chargingSchedule": [SCHEDULE]},
         ChargingLimitNotified("SO", 2, True, (NEUTRAL_SCHEDULE,))),
        ("ClearedChargingLimit", {"chargingLimitSource": "EMS"}, ChargingLimitCleared("EMS", 0)),
        ("ClearedChargingLimit", {"chargingLimitSource": "EMS", "evseId": 2}, ChargingLimitCleared("EMS", 2)),
        ("NotifyEVChargingNeeds", {"evseId": 1, "maxScheduleTuples": 3, "chargingNeeds": AC_NEEDS},
         ChargingNeedsNotified(1, ChargingNeeds("AC_three_phase", AT, 20_000, 6, 16, 400, details=AC_NEEDS), 3)),
        ("NotifyEVChargingNeeds", {"evseId": 1, "chargingNeeds": DC_NEEDS},
         ChargingNeedsNotified(
             1, ChargingNeeds("DC", None, 30_000, None, 200, 500, 90_000, 20, details=DC_NEEDS))),
        ("NotifyEVChargingSchedule", {"evseId": 1, "timeBase": T, "chargingSchedule": SCHEDULE},
         ChargingScheduleNotified(1, AT, NEUTRAL_SCHEDULE)),
        ("ReportChargingProfiles",
         {"requestId": 5, "chargingLimitSource": "CSO", "evseId": 2, "tbc": True, "chargingProfile": [DEFAULT_201]},
         ChargingProfilesReported(5, "CSO", 2, (DEFAULT,), True)),
    ],
)  # fmt: skip
def test_what_stations_tell(action, payload, event):
    outcome = call(connect("ocpp2.0.1"), action, payload)
    assert isinstance(outcome, Inbound)
    assert outcome.event == event


@pytest.mark.parametrize(
    ("action", "payload", "reply", "expected"),
    [
        ("NotifyChargingLimit", {"chargingLimit": {"chargingLimitSource": "EMS"}}, Reply(), {}),
        ("ClearedChargingLimit", {"chargingLimitSource": "EMS"}, Reply(), {}),
        ("NotifyEVChargingNeeds", {"evseId": 1, "chargingNeeds": DC_NEEDS}, ChargingNeedsReply("Processing"),
         {"status": "Processing"}),
        ("NotifyEVChargingNeeds", {"evseId": 1, "chargingNeeds": DC_NEEDS}, ChargingNeedsReply("NoChargingProfile"),
         {"status": "Rejected"}),
        ("NotifyEVChargingSchedule", {"evseId": 1, "timeBase": T, "chargingSchedule": SCHEDULE},
         ChargingScheduleReply("Accepted"), {"status": "Accepted"}),
        ("NotifyEVChargingSchedule", {"evseId": 1, "timeBase": T, "chargingSchedule": SCHEDULE},
         ChargingScheduleReply("Rejected", "11 kW is more than 7 kW."),
         {"status": "Rejected",
          "statusInfo": {"reasonCode": "LimitExceeded", "additionalInfo": "11 kW is more than 7 kW."}}),
        ("ReportChargingProfiles",
         {"requestId": 5, "chargingLimitSource": "CSO", "evseId": 2, "chargingProfile": [DEFAULT_201]}, Reply(), {}),
    ],
)  # fmt: skip
def test_what_they_are_answered(action, payload, reply, expected):
    connection = connect("ocpp2.0.1")
    outcome = call(connection, action, payload)
    assert isinstance(outcome, Inbound)
    assert read(connection.reply(outcome.message_id, reply))[2] == expected


@pytest.mark.parametrize("number", [53.379997, 16.3, 1e-7, 6])
def test_limits_of_a_report_are_kept_as_they_were_written(number):
    schedule = {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": number}]}
    payload = {"evseId": 1, "timeBase": T, "chargingSchedule": schedule}
    outcome = call(connect("ocpp2.0.1"), "NotifyEVChargingSchedule", payload)
    assert isinstance(outcome, Inbound)
    assert outcome.event.schedule.periods[0].limit == Decimal(str(number))


@pytest.mark.ocpp("2.1", "NotifyEVChargingNeeds")
def test_21_has_a_word_for_no_plan_and_numbers_without_bounds():
    connection = connect("ocpp2.1")
    needs = {"requestedEnergyTransfer": "DC", "dcChargingParameters": {**DC, "energyAmount": 1e300, "evMaxPower": 0.5}}
    outcome = call(connection, "NotifyEVChargingNeeds", {"evseId": 1, "chargingNeeds": needs})
    assert isinstance(outcome, Inbound)
    assert (outcome.event.needs.energy_wh, outcome.event.needs.max_power_w) == (2**31 - 1, 0)
    reply = connection.reply(outcome.message_id, ChargingNeedsReply("NoChargingProfile"))
    assert read(reply)[2] == {"status": "NoChargingProfile"}


@pytest.mark.ocpp("2.1", "SetChargingProfile", "RequestStartTransaction")
def test_21_says_how_long_a_profile_holds_offline_and_how_often_it_is_asked_for():
    schedule = ChargingSchedule("A", PERIODS[:1])
    dynamic = ChargingProfile(
        1, 0, "TxProfile", "Dynamic", (schedule,), max_offline_duration_s=600, invalid_after_offline=True,
        update_interval_s=30, updated_at=AT,
    )  # fmt: skip
    adapter = adapter_for("ocpp2.1")
    more = {
        "maxOfflineDuration": 600, "invalidAfterOfflineDuration": True, "dynUpdateInterval": 30, "dynUpdateTime": T,
    }  # fmt: skip
    for command in (
        SetChargingProfile(1, as_json(dynamic)),
        RequestStartTransaction("TAG", 8, 1, charging_profile=as_json(dynamic)),
    ):
        action, payload = adapter.encode_command(command)
        assert more.items() <= payload["chargingProfile"].items()
        assert adapter.validate_request(action, payload) == []
    learnt = answered("ocpp2.1", SetChargingProfile(1, as_json(dynamic)), {"status": "Accepted"}).result.learnt
    assert learnt == (ProfileAnswered(1, dynamic, True, "Accepted"),)


# --- both ways of energy (2.1) -------------------------------------------------------------------------------

BOTH_WAYS = ChargingProfile(
    10, 1, "TxDefaultProfile", "Absolute", (ChargingSchedule("W", (
        ChargingSchedulePeriod(0, Decimal(7000), operation_mode="CentralSetpoint", setpoint=Decimal("-5000.5"),
                               discharge_limit=Decimal(-6000)),
        ChargingSchedulePeriod(3600, None, operation_mode="Idle"),
    ), start_at=AT),),
)  # fmt: skip
BOTH_WAYS_SAID = [
    {"startPeriod": 0, "limit": 7000, "operationMode": "CentralSetpoint", "setpoint": -5000.5, "dischargeLimit": -6000},
    {"startPeriod": 3600, "operationMode": "Idle"},
]


@pytest.mark.ocpp("2.1", "SetChargingProfile")
def test_setpoints_and_discharging_reach_a_21_station_and_come_back():
    assert profile_from_json(orjson.loads(orjson.dumps(profile_as_json(BOTH_WAYS)))) == BOTH_WAYS
    adapter = adapter_for("ocpp2.1")
    action, payload = adapter.encode["SetChargingProfile"](SetChargingProfile(1, profile_as_json(BOTH_WAYS)))
    assert payload["chargingProfile"]["chargingSchedule"][0]["chargingSchedulePeriod"] == BOTH_WAYS_SAID
    assert adapter.validate_request(action, payload) == []
    (learnt,) = adapter.read_result(action, payload, {"status": "Accepted"}).learnt
    assert learnt.profile == BOTH_WAYS


@pytest.mark.ocpp("2.1", "ReportChargingProfiles", "GetCompositeSchedule")
def test_a_21_station_tells_setpoints_in_reports_and_composites():
    schedule = {"id": 1, "chargingRateUnit": "W", "startSchedule": T, "chargingSchedulePeriod": BOTH_WAYS_SAID}
    told = {
        "id": 10, "stackLevel": 1, "chargingProfilePurpose": "TxDefaultProfile", "chargingProfileKind": "Absolute",
        "chargingSchedule": [schedule],
    }  # fmt: skip
    report = {"requestId": 1, "chargingLimitSource": "CSO", "evseId": 1, "chargingProfile": [told]}
    assert adapter_for("ocpp2.1").decode["ReportChargingProfiles"](report, AT).profiles == (BOTH_WAYS,)
    composite = {"evseId": 1, "duration": 7200, "scheduleStart": T, "chargingRateUnit": "W",
                 "chargingSchedulePeriod": BOTH_WAYS_SAID}  # fmt: skip
    asked = {"evseId": 1, "duration": 7200}
    answered = adapter_for("ocpp2.1").read_result(
        "GetCompositeSchedule", asked, {"status": "Accepted", "schedule": composite}
    )
    assert answered.learnt[0].schedule.periods == BOTH_WAYS.schedule.periods


@pytest.mark.parametrize("version", ["ocpp1.6", "ocpp2.0.1"])
def test_older_versions_know_no_setpoints(version):
    with pytest.raises(CommandNotExpressible, match=r"OCPP 2\.1"):
        adapter_for(version).encode["SetChargingProfile"](SetChargingProfile(1, profile_as_json(BOTH_WAYS)))
