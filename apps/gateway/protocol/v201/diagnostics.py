"""What a 2.0.1 station mentions of firmware (block L), logs (block N) and security (block A)."""

from apps.gateway.protocol.adapter import Decoder, ReplyEncoder
from apps.gateway.protocol.fields import encode_empty
from apps.gateway.protocol.notices import decode_firmware_status, decode_log_status, decode_security_event

DECODE: dict[str, Decoder] = {
    "FirmwareStatusNotification": decode_firmware_status,
    "LogStatusNotification": decode_log_status,
    "SecurityEventNotification": decode_security_event,
}
ENCODE_REPLY: dict[str, ReplyEncoder] = dict.fromkeys(DECODE, encode_empty)
