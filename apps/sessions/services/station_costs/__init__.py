"""What chargers are told of prices and costs, and what they say to it (OCPP block I; California pricing in 1.6).

Nothing here runs while a frame is answered: a task looks at rows (``push_prices``, ``tell_running_costs``), and
subscribers hear of sessions, boots and ended commands. Only stations that are provisioned by us are told by
themselves.
"""

from apps.sessions.services.station_costs.answers import (
    learn_cleared_tariffs,
    learn_default_tariffs,
    learn_listed_tariffs,
    note_price_command,
)
from apps.sessions.services.station_costs.comparing import compare_costs
from apps.sessions.services.station_costs.one_session import tell_final_cost, tell_price
from apps.sessions.services.station_costs.running import tell_running_costs
from apps.sessions.services.station_costs.tariffs import (
    clear_tariffs,
    forget_told_price,
    push_price,
    push_prices,
    read_tariffs,
    set_telling,
)

__all__ = [
    "clear_tariffs",
    "compare_costs",
    "forget_told_price",
    "learn_cleared_tariffs",
    "learn_default_tariffs",
    "learn_listed_tariffs",
    "note_price_command",
    "push_price",
    "push_prices",
    "read_tariffs",
    "set_telling",
    "tell_final_cost",
    "tell_price",
    "tell_running_costs",
]
