"""What each operation does, in one sentence, by functional block; which of them can do harm; which have own forms."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operation:
    """``harm``: what must be known before it is sent, empty where nothing can break. ``own_form``: a route's name."""

    action: str
    sentence: str
    harm: str = ""
    own_form: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    title: str
    operations: tuple[Operation, ...]


BLOCKS = (
    Block(
        "Starting and stopping",
        (
            Operation(
                "RequestStartTransaction", "Starts charging for a card, as if it were held there.", own_form="start"
            ),
            Operation(
                "RemoteStartTransaction", "Starts charging for a card, as if it were held there.", own_form="start"
            ),
            Operation("RequestStopTransaction", "Ends a running session.", "Somebody’s charging ends."),
            Operation("RemoteStopTransaction", "Ends a running session.", "Somebody’s charging ends."),
            Operation("UnlockConnector", "Lets the plug of a connector go.", own_form="unlock"),
            Operation("TriggerMessage", "Asks the station to send a message now.", own_form="trigger"),
            Operation("ExtendedTriggerMessage", "Asks for a message, also of logs, firmware and certificates."),
            Operation("GetTransactionStatus", "Asks whether a session runs and whether messages of it still wait."),
            Operation("UsePriorityCharging", "Gives a running session priority, or takes it away."),
        ),
    ),
    Block(
        "Availability and restart",
        (
            Operation(
                "Reset", "Restarts the station.", "The station is away while it restarts; sessions may end.", "reset"
            ),
            Operation(
                "ChangeAvailability",
                "Takes a place out of service, or puts it back.",
                "Nobody can start at what is out of service.",
                "availability",
            ),
        ),
    ),
    Block(
        "Reservations",
        (
            Operation("ReserveNow", "Keeps a place for a card until a moment.", own_form="reserve"),
            Operation("CancelReservation", "Gives a reserved place free."),
        ),
    ),
    Block(
        "Settings of the station",
        (
            Operation("GetConfiguration", "Reads configuration keys.", own_form="read-variables"),
            Operation("ChangeConfiguration", "Sets one configuration key.", "A wrong value can cut the station off."),
            Operation("GetVariables", "Reads single variables."),
            Operation("SetVariables", "Sets variables.", "A wrong value can cut the station off."),
            Operation("GetBaseReport", "Asks for the whole device model.", own_form="read-variables"),
            Operation("GetReport", "Asks for chosen components and variables."),
            Operation(
                "SetNetworkProfile",
                "Writes how the station reaches a server into one of its slots.",
                "A wrong address or password can make it leave for good.",
                "send-elsewhere",
            ),
        ),
    ),
    Block(
        "Monitoring",
        (
            Operation(
                "SetMonitoringBase", "Chooses which set of monitors is in force.", "Own monitors may be deleted."
            ),
            Operation("SetMonitoringLevel", "Chooses from which severity on events are reported."),
            Operation("SetVariableMonitoring", "Sets thresholds, deltas and periods on variables."),
            Operation("ClearVariableMonitoring", "Takes monitors away.", "What they watched is no longer reported."),
            Operation("GetMonitoringReport", "Asks which monitors are set."),
            Operation("GetPeriodicEventStream", "Asks which streams of values run.", own_form="streams-read"),
            Operation("AdjustPeriodicEventStream", "Changes how often a stream sends.", own_form="stream-adjust"),
        ),
    ),
    Block(
        "Access",
        (
            Operation(
                "ClearCache",
                "Makes the station forget the cards it has seen.",
                "Without a connection, cards it knew are turned away.",
                "clear-cache",
            ),
            Operation("GetLocalListVersion", "Asks which local list the station holds.", own_form="list-read"),
            Operation(
                "SendLocalList",
                "Writes the list of cards that the station knows by itself.",
                "A full list replaces the one it holds.",
                "list-send",
            ),
            Operation(
                "CustomerInformation",
                "Reads or deletes what the station keeps of a person.",
                "What is deleted does not come back.",
                "customer-new",
            ),
        ),
    ),
    Block(
        "Charging limits",
        (
            Operation(
                "SetChargingProfile",
                "Limits current or power, now or by a schedule.",
                "Cars may charge slower, or not at all.",
                "limits-set",
            ),
            Operation(
                "ClearChargingProfile",
                "Takes limits away.",
                "A site may draw more than its fuse carries.",
                "limits-clear",
            ),
            Operation("GetChargingProfiles", "Asks which limits the station holds.", own_form="limits-read"),
            Operation("GetCompositeSchedule", "Asks what all limits together allow.", own_form="limits-ask"),
            Operation("UpdateDynamicSchedule", "Changes the limit of a dynamic profile.", "Cars may charge slower."),
            Operation(
                "NotifyAllowedEnergyTransfer", "Says which directions of energy are allowed.", own_form="allow-transfer"
            ),
        ),
    ),
    Block(
        "Grid",
        (
            Operation(
                "SetDERControl",
                "Sets how the station behaves towards the grid.",
                "Wrong curves may break the rules of the grid.",
                "der-set",
            ),
            Operation("GetDERControl", "Asks which grid controls the station holds.", own_form="der-read"),
            Operation(
                "ClearDERControl", "Takes grid controls away.", "The station’s own behaviour returns.", "der-clear"
            ),
            Operation("AFRRSignal", "Passes a signal of the grid’s frequency reserve on.", own_form="afrr-signal"),
            Operation("RequestBatterySwap", "Asks a swap station to take and give batteries.", own_form="battery-swap"),
        ),
    ),
    Block(
        "Prices and display",
        (
            Operation("CostUpdated", "Tells the running cost of a session to the station’s display."),
            Operation(
                "SetDefaultTariff", "Gives the station the price for everybody.", "People see and pay another price."
            ),
            Operation(
                "ChangeTransactionTariff", "Changes the price of a running session.", "Somebody pays another price."
            ),
            Operation("GetTariffs", "Asks which prices the station holds."),
            Operation("ClearTariffs", "Takes prices away from the station.", "The display may show no price."),
            Operation("SetDisplayMessage", "Shows a text on the display.", own_form="display-new"),
            Operation("GetDisplayMessages", "Asks which texts the display holds.", own_form="display-read"),
            Operation("ClearDisplayMessage", "Takes a text off the display."),
        ),
    ),
    Block(
        "Firmware and files",
        (
            Operation(
                "UpdateFirmware",
                "Has the station fetch and install firmware.",
                "The station is away while it installs; a wrong file can break it.",
                "update-firmware",
            ),
            Operation(
                "SignedUpdateFirmware",
                "The same with a signature that the station checks.",
                "The station is away while it installs.",
                "update-firmware",
            ),
            Operation("PublishFirmware", "Has a local controller fetch firmware for the stations behind it."),
            Operation("UnpublishFirmware", "Has a local controller stop offering firmware."),
            Operation("GetLog", "Has the station upload a log.", own_form="request-log"),
            Operation("GetDiagnostics", "Has the station upload its diagnostics.", own_form="request-log"),
        ),
    ),
    Block(
        "Certificates",
        (
            Operation(
                "InstallCertificate", "Gives the station a root certificate to trust.", own_form="certificate-install"
            ),
            Operation(
                "GetInstalledCertificateIds", "Asks which certificates are installed.", own_form="certificates-read"
            ),
            Operation(
                "DeleteCertificate", "Deletes an installed certificate.", "Without its root it may not come back."
            ),
            Operation("CertificateSigned", "Hands over a signed certificate.", "A wrong one can cut the station off."),
        ),
    ),
    Block("Vendors", (Operation("DataTransfer", "Says what only this vendor understands."),)),
)

OPERATIONS = {operation.action: operation for block in BLOCKS for operation in block.operations}
