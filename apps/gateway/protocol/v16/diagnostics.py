"""What a 1.6 station mentions of firmware, diagnostics (§4.4, §4.5) and security (whitepaper edition 3)."""

from apps.gateway.protocol.adapter import Decoder, ReplyEncoder
from apps.gateway.protocol.fields import encode_empty
from apps.gateway.protocol.notices import decode_firmware_status, decode_log_status, decode_security_event

DECODE: dict[str, Decoder] = {
    "DiagnosticsStatusNotification": decode_log_status,
    "FirmwareStatusNotification": decode_firmware_status,
    "LogStatusNotification": decode_log_status,
    "SecurityEventNotification": decode_security_event,
    "SignedFirmwareStatusNotification": decode_firmware_status,
}
ENCODE_REPLY: dict[str, ReplyEncoder] = dict.fromkeys(DECODE, encode_empty)
