"""The state of a connector as people should see it."""

from apps.chargers.choices import ConnectorState
from apps.chargers.models import Connector, Evse

_TOLD_BY_TRANSACTION = {"Charging", "SuspendedEV", "SuspendedEVSE"}


def shown_state(evse: Evse, connector: Connector) -> ConnectorState:
    """What the connector reported; where 2.x says no more than Occupied, what the transaction of its EVSE tells."""
    if connector.status == ConnectorState.OCCUPIED and evse.charging_state in _TOLD_BY_TRANSACTION:
        return ConnectorState(evse.charging_state)
    return ConnectorState(connector.status)
