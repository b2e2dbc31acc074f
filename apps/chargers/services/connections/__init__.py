"""Who is connected where: knowing a charger at the door, its registry row, refusals, and processes that die.

Called by the gateway's reader and writer threads: synchronous, set-based, a constant number of statements however
many chargers come at once. Where the caller has no transaction open, each function opens its own.
"""

from apps.chargers.services.connections.credentials import (
    PasswordUnacceptable,
    StationCredentials,
    check_password,
    identify_stations,
    matches_pending_password,
    set_password,
)
from apps.chargers.services.connections.gateways import close_gateway, open_gateway, renew_lease, sweep_connections
from apps.chargers.services.connections.presence import LastSeen, touch_last_seen
from apps.chargers.services.connections.refusals import Refusal, RefusalKind, record_refusals
from apps.chargers.services.connections.registry import (
    ClosedConnection,
    NewConnection,
    SupersededConnection,
    register_connections,
    release_connection,
    release_connections,
)
from apps.chargers.services.connections.trust import Trust, load_trust

__all__ = [
    "ClosedConnection",
    "LastSeen",
    "NewConnection",
    "PasswordUnacceptable",
    "Refusal",
    "RefusalKind",
    "StationCredentials",
    "SupersededConnection",
    "Trust",
    "check_password",
    "close_gateway",
    "identify_stations",
    "load_trust",
    "matches_pending_password",
    "open_gateway",
    "record_refusals",
    "register_connections",
    "release_connection",
    "release_connections",
    "renew_lease",
    "set_password",
    "sweep_connections",
    "touch_last_seen",
]
