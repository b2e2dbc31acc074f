"""Misbehaviour → what has to be left of it. Energy flows for 400 Wh in every dialogue (see ``misbehaving``)."""

from dataclasses import replace
from unittest.mock import ANY

from tests.e2e.misbehaving import Case, Outcome
from tests.support.versions import LIKE

GOOD = Outcome()
STRANGER = Outcome(sessions=(), command=None)
OUTSIDE = "This system speaks ocpp2.1, ocpp2.0.1, ocpp1.6."


def good(**changes) -> Outcome:
    """The session is as it should be; ``changes`` are what else is left."""
    return replace(GOOD, **changes)


def session(state: str, *flags: str, energy_wh: int = 400) -> dict:
    """One session that is not as it should be."""
    return {"sessions": ((state, flags, energy_wh, "Accepted"),)}


def error(code: str, *, code_16: str = "") -> dict[str, Outcome]:
    """A good session, and one kind of frame that is refused by CALLERROR."""
    return {"1.6": good(errors=(code_16 or code,)), "2.0.1": good(errors=(code,))}


def refused_boot(code: str) -> Outcome:
    """Not even the boot was taken, so nothing is stored and a command still waits for it."""
    return Outcome(sessions=(), errors=(code,), command=("pending", ""))


def noted(*deviations: str) -> Outcome:
    """A good session, and deviations of the station."""
    return good(deviations=deviations)


EXPECTED: dict[str, Outcome | dict[str, Outcome]] = {
    # the connection
    "status-before-boot": GOOD,
    "boot-pipelined": GOOD,
    "no-boot-on-reconnect": GOOD,
    "boot-loop": GOOD,
    "two-sockets": STRANGER,
    "drop-without-close": GOOD,
    "no-subprotocol": replace(
        STRANGER, refused=(400, f"The charger offers no OCPP version (Sec-WebSocket-Protocol). {OUTSIDE}")
    ),
    "odd-subprotocol": {
        "1.6": replace(STRANGER, refused=(400, f"The charger offers ocpp1.6.1. {OUTSIDE}")),
        "2.0.1": replace(STRANGER, refused=(400, f"The charger offers ocpp2.0.1.1. {OUTSIDE}")),
        "2.1": replace(STRANGER, refused=(400, f"The charger offers ocpp2.1.1. {OUTSIDE}")),
    },
    "empty-serial-unicode-vendor": GOOD,
    "connector-seven": GOOD,
    # frames
    "invalid-json": error("RpcFrameworkError", code_16="FormationViolation"),
    "truncated-frame": error("RpcFrameworkError", code_16="FormationViolation"),
    "not-an-array": error("RpcFrameworkError", code_16="FormationViolation"),
    "binary-frame": replace(STRANGER, closed=1003),
    "huge-frame": replace(STRANGER, closed=1009),
    "number-message-id": error("FormatViolation", code_16="FormationViolation"),
    "long-message-id": error("FormatViolation", code_16="FormationViolation")
    | {"lenient": noted("message-id-too-long")},
    "duplicate-message-id": GOOD,
    "unknown-message-type": {
        "1.6": noted("unknown-message-type"),
        "2.0.1": good(errors=("MessageTypeNotSupported",)),
    },
    "stray-answer": noted("unexpected-answer"),
    "pipelined-calls": GOOD,
    "flood": good(deviations=("flood",), command=ANY),  # how long its answers queue behind the flood is not ours
    "unknown-action": error("NotImplemented"),
    "extra-property": {
        "1.6": refused_boot("FormationViolation"),
        "2.0.1": refused_boot("FormatViolation"),
        "lenient": noted("extra-field:vendorMood"),
    },
    "empty-report-data": {
        "2.0.1": good(errors=("OccurrenceConstraintViolation",)),
        "lenient": noted("empty-list:reportData"),
    },
    # answers
    "late-answer": good(command=("timed_out", ""), deviations=("late-answer",)),
    "never-answers": good(command=("timed_out", "")),
    "answer-invalid-payload": {
        "1.6": good(command=("failed", "PropertyConstraintViolation")),
        "2.0.1": good(command=("failed", "PropertyConstraintViolation")),
        "lenient": good(
            command=("rejected", ""), deviations=("extra-field:listVersionNumber", "unknown-word:status")
        ),
    },
    "remote-start-ignored": good(remote_start="The charger answered “Accepted”. Waiting for a session to start."),
    "firmware-download-fails": good(notices=("Downloading", "DownloadFailed")),
    "firmware-install-fails": good(notices=("Downloading", "Downloaded", "Installing", "InstallationFailed")),
    "firmware-signature-refused": GOOD,
    "firmware-verification-fails": GOOD,
    "firmware-refused": GOOD,
    "firmware-certificate-invalid": GOOD,
    "firmware-certificate-revoked": GOOD,
    "log-upload-fails": GOOD,
    "log-refused": GOOD,
    "certificate-refused": good(certificates=("rejected",)),
    "certificate-bad-request": good(notices=("Certificate request refused",)),
    "certificate-silent": GOOD,
    # transactions
    "duplicate-start": GOOD,
    "duplicate-stop": GOOD,
    "stop-without-start": {
        "1.6": Outcome(
            **session("review", "start_missing", energy_wh=0),
            parked=("meter_values!", "transaction_ended!"),
            deviations=("transaction-id-invalid",),
        ),
        "2.0.1": Outcome(**session("review", "seq_gap", "start_missing", energy_wh=300)),
    },
    "start-without-stop": Outcome(**session("active", energy_wh=300)),
    "transaction-id-minus-one": noted("transaction-id-invalid"),
    "available-before-stop": GOOD,
    "replay-after-ended": GOOD,
    "seq-gap": Outcome(**session("ended", "seq_gap")),
    "seq-duplicate": GOOD,
    "out-of-order": GOOD,
    "evse-only-first": GOOD,
    "no-trigger-reason": {
        "2.0.1": Outcome(sessions=(), errors=("OccurrenceConstraintViolation",)),
        "lenient": noted("missing:triggerReason"),
    },
    "tag-lower-case": GOOD,
    "tag-suffix": GOOD,
    # meters
    "meter-reset": GOOD,
    "meter-rollback": Outcome(**session("review", "meter_backwards")),
    "meter-stop-minus-one": {
        "1.6": Outcome(**session("review", "meter_backwards")),
        "2.0.1": Outcome(**session("review", "meter_backwards", energy_wh=300), deviations=("value-impossible",)),
    },
    "fractional-wh": noted("energy-fractional-wh"),
    "kwh-labelled-wh": {
        # The register at start and end is in Wh and counts; what was sampled between is far below it.
        "1.6": Outcome(**session("review", "meter_backwards"), deviations=("energy-fractional-wh",)),
        # All of it is a thousand times too little: nothing contradicts it but the power.
        "2.0.1": Outcome(**session("ended", energy_wh=0), deviations=("energy-fractional-wh",)),
    },
    "decimal-comma": {
        "1.6": noted("value-decimal-comma"),
        "2.0.1": noted("value-as-text", "value-decimal-comma"),
    },
    "string-numbers": {
        "1.6": Outcome(sessions=(), errors=("TypeConstraintViolation",)),
        "2.0.1": Outcome(sessions=(), errors=("TypeConstraintViolation",)),
        "1.6-lenient": noted(
            "wrong-type:connectorId", "wrong-type:meterStart", "wrong-type:meterStop", "wrong-type:transactionId"
        ),
        "2.0.1-lenient": noted("value-as-text", "wrong-type:connectorId", "wrong-type:evseId", "wrong-type:seqNo"),
    },
    "empty-string-values": {"1.6": noted("value-empty"), "2.0.1": noted("value-as-text", "value-empty")},
    "bare-values": GOOD,
    "celcius": GOOD,
    "signed-data": GOOD,
    # clocks
    "clock-1970": Outcome(**session("ended", "clock_implausible"), deviations=("clock.implausible",)),
    "clock-future": Outcome(**session("ended", "clock_implausible"), deviations=("clock.implausible",)),
    "clock-local-as-z": Outcome(**session("ended", "clock_skewed"), deviations=("clock.ahead",)),
    "clock-short-offset": noted("timestamp-short-offset"),
}  # fmt: skip

FORGIVEN = {
    name
    for name, outcomes in EXPECTED.items()
    if isinstance(outcomes, dict) and any(key.endswith("lenient") for key in outcomes)
}
"""What a station that is treated leniently may do and others may not."""


def expected(case: Case) -> Outcome:
    """What has to be left of the case."""
    outcomes = EXPECTED[case.name]
    if isinstance(outcomes, Outcome):
        return outcomes
    versions = [case.version, LIKE.get(case.version, "")]
    keys = [*(f"{version}-lenient" for version in versions), "lenient"] if case.lenient else versions
    return next(outcomes[key] for key in keys if key in outcomes)
