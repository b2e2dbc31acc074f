"""What we ask of stations, from the wish to the charger's own words and the fact that proves it.

pending → sent → accepted → confirmed, or rejected, failed, timed out, superseded. Rows are the carrier; a nudge to
the gateway only says "look now".
"""

from apps.chargers.services.commands.confirming import AwaitedStart, Confirmation, awaited_starts, confirm_commands
from apps.chargers.services.commands.delivery import (
    Claim,
    ClaimedCommand,
    claim_commands,
    settle_commands,
    stations_with_pending_commands,
)
from apps.chargers.services.commands.enqueueing import (
    CommandNotCancellable,
    CommandRefused,
    announce_commands,
    cancel,
    enqueue,
    insert_commands,
)
from apps.chargers.services.commands.expiry import expire_commands
from apps.chargers.services.commands.losing import fail_sent_commands
from apps.chargers.services.commands.numbers import new_remote_start_number
from apps.chargers.services.commands.settlement import Settlement

__all__ = [
    "AwaitedStart",
    "Claim",
    "ClaimedCommand",
    "CommandNotCancellable",
    "CommandRefused",
    "Confirmation",
    "Settlement",
    "announce_commands",
    "awaited_starts",
    "cancel",
    "claim_commands",
    "confirm_commands",
    "enqueue",
    "expire_commands",
    "fail_sent_commands",
    "insert_commands",
    "new_remote_start_number",
    "settle_commands",
    "stations_with_pending_commands",
]
