"""The configuration keys of a simulated 1.6 charge point and what changing them does."""

from dataclasses import dataclass

from apps.gateway.simulator.station import Station


@dataclass
class Key:
    """One key. `wants_number` rejects other text; `needs_reboot` answers RebootRequired."""

    value: str
    readonly: bool = False
    needs_reboot: bool = False
    wants_number: bool = False
    secret: bool = False


def new_keys(station: Station) -> dict[str, Key]:
    """A realistic set: Core, local list, smart charging, security whitepaper and a vendor key."""

    def number(value: int) -> Key:
        return Key(str(value), wants_number=True)

    def fixed(value: object) -> Key:
        return Key(str(value), readonly=True)

    prices = {"CustomDisplayCostAndPrice": fixed("true"), "DefaultPrice": Key("")} if station.spec.shows_prices else {}
    return {
        **prices,
        "AllowOfflineTxForUnknownId": Key("true"),
        "AuthorizationCacheEnabled": Key("true"),
        "AuthorizeRemoteTxRequests": Key("false"),
        "ClockAlignedDataInterval": number(0),
        "ConnectionTimeOut": number(60),
        "ConnectorPhaseRotation": Key("NotApplicable"),
        "GetConfigurationMaxKeys": fixed(50),
        "HeartbeatInterval": number(station.heartbeat_interval_s),
        "LightIntensity": number(80),
        "LocalAuthorizeOffline": Key("true"),
        "LocalPreAuthorize": Key("false"),
        "MeterValuesAlignedData": Key("Energy.Active.Import.Register"),
        "MeterValuesSampledData": Key("Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,SoC"),
        "MeterValueSampleInterval": number(round(station.meter_interval_s)),
        "NumberOfConnectors": fixed(station.spec.connectors),
        "ResetRetries": number(3),
        "StopTransactionOnEVSideDisconnect": Key("true"),
        "StopTransactionOnInvalidId": Key("true"),
        "StopTxnAlignedData": Key(""),
        "StopTxnSampledData": Key("Energy.Active.Import.Register"),
        "SupportedFeatureProfiles": fixed(
            "Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger"
        ),
        "TransactionMessageAttempts": number(station.delivery.attempts),
        "TransactionMessageRetryInterval": number(round(station.delivery.retry_interval_s)),
        "UnlockConnectorOnEVSideDisconnect": Key("true"),
        "WebSocketPingInterval": number(round(station.ping_interval_s or 0)),
        "LocalAuthListEnabled": Key("true"),
        "LocalAuthListMaxLength": fixed(500),
        "SendLocalListMaxLength": fixed(50),
        "ReserveConnectorZeroSupported": fixed("true"),
        "ChargeProfileMaxStackLevel": fixed(10),
        "ChargingScheduleAllowedChargingRateUnit": fixed("Current,Power"),
        "ChargingScheduleMaxPeriods": fixed(24),
        "MaxChargingProfilesInstalled": fixed(20),
        "AuthorizationKey": Key("", secret=True),
        "SecurityProfile": Key("1" if station.password else "0", needs_reboot=True, wants_number=True),
        "CpoName": Key(""),
        "ChargeNetSimulatedVendorKey": Key("blue", needs_reboot=True),
    }


def change(station: Station, name: str, value: str) -> str:
    """Set a key; returns the ConfigurationStatus."""
    key: Key | None = station.settings.get(name)
    if key is None:
        return "NotSupported"
    if key.readonly or (key.wants_number and not value.isdigit()):
        return "Rejected"
    if name == "AuthorizationKey" and not 16 <= len(value) <= 40:
        return "Rejected"
    key.value = value
    _apply(station, name, value)
    return "RebootRequired" if key.needs_reboot else "Accepted"


def _apply(station: Station, name: str, value: str) -> None:
    match name:
        case "HeartbeatInterval":
            station.heartbeat_interval_s = int(value)
        case "MeterValueSampleInterval":
            station.meter_interval_s = float(value)
        case "ClockAlignedDataInterval":
            station.clock_aligned_interval_s = float(value)
        case "TransactionMessageAttempts":
            station.delivery.attempts = max(1, int(value))
        case "TransactionMessageRetryInterval":
            station.delivery.retry_interval_s = float(value)
        case "SecurityProfile" if int(value) >= 2 and station.secure_url:
            station.url = station.secure_url  # used at the next connect
        case "AuthorizationKey":
            station.password = value  # used at the next connect
