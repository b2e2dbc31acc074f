"""OCPP 1.6 (edition 2 with the security extension): its tables, collected."""

from apps.gateway.protocol.adapter import Adapter
from apps.gateway.protocol.errors import CODES_OF_16
from apps.gateway.protocol.schemas import Schemas
from apps.gateway.protocol.v16 import (
    authorisation,
    availability,
    data_transfer,
    device_model,
    diagnostics,
    metering,
    provisioning,
    remote_control,
    transactions,
)

# Registers with fractions are rounded, ids that are none are read as "no transaction": a start or a stop is never
# refused for them (§4.8, §4.10, errata 3.18).
NUMBER = {"type": "number", "minimum": -(2**53), "maximum": 2**53}
ANY_TRANSACTION = {"type": ["integer", "number", "null"]}

ADAPTER = Adapter(
    version="ocpp1.6",
    schemas=Schemas(
        folder="v16",
        request_suffix="",
        overrides={
            ("StartTransaction", "meterStart"): NUMBER,
            ("StopTransaction", "meterStop"): NUMBER,
            ("StopTransaction", "transactionId"): ANY_TRANSACTION,
            ("MeterValues", "transactionId"): ANY_TRANSACTION,
        },
        strict_enums=frozenset({("StatusNotification", "status")}),
    ),
    decode={
        **provisioning.DECODE,
        **authorisation.DECODE,
        **transactions.DECODE,
        **availability.DECODE,
        **metering.DECODE,
        **data_transfer.DECODE,
        **diagnostics.DECODE,
    },
    encode_reply={
        **provisioning.ENCODE_REPLY,
        **authorisation.ENCODE_REPLY,
        **transactions.ENCODE_REPLY,
        **availability.ENCODE_REPLY,
        **metering.ENCODE_REPLY,
        **data_transfer.ENCODE_REPLY,
        **diagnostics.ENCODE_REPLY,
    },
    encode={
        **provisioning.ENCODE,
        **authorisation.ENCODE,
        **availability.ENCODE,
        **remote_control.ENCODE,
        **device_model.ENCODE,
        **data_transfer.ENCODE,
    },
    decode_result=device_model.DECODE_RESULT,
    commands=frozenset(
        {
            "CancelReservation",
            "CertificateSigned",
            "ChangeAvailability",
            "ChangeConfiguration",
            "ClearCache",
            "ClearChargingProfile",
            "DataTransfer",
            "DeleteCertificate",
            "ExtendedTriggerMessage",
            "GetCompositeSchedule",
            "GetConfiguration",
            "GetDiagnostics",
            "GetInstalledCertificateIds",
            "GetLocalListVersion",
            "GetLog",
            "InstallCertificate",
            "RemoteStartTransaction",
            "RemoteStopTransaction",
            "ReserveNow",
            "Reset",
            "SendLocalList",
            "SetChargingProfile",
            "SignedUpdateFirmware",
            "TriggerMessage",
            "UnlockConnector",
            "UpdateFirmware",
        }
    ),
    error_names=CODES_OF_16,
    ignores_unknown_types=True,  # OCPP-J 1.6 §4.1.3
)
