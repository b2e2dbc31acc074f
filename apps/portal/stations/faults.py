"""The error codes of OCPP 1.6 (§7.6 ChargePointErrorCode) in plain words."""

FAULT_WORDS = {
    "ConnectorLockFailure": "the lock of the connector does not work",
    "EVCommunicationError": "the car and the charger do not understand each other",
    "GroundFailure": "current leaks to earth: the protection has tripped",
    "HighTemperature": "it is too hot inside",
    "InternalError": "something inside the charger failed",
    "LocalListConflict": "its list of cards does not fit the one sent",
    "OtherError": "the vendor’s code says more",
    "OverCurrentFailure": "more current flowed than allowed",
    "OverVoltage": "the supply voltage is too high",
    "PowerMeterFailure": "the meter does not answer",
    "PowerSwitchFailure": "the contactor does not switch as it should",
    "ReaderFailure": "the card reader does not work",
    "ResetFailure": "it could not restart",
    "UnderVoltage": "the supply voltage is too low",
    "WeakSignal": "its mobile signal is weak",
}

DEVIATION_WORDS = {
    "timestamp-missing": "Sends no time with what it reports; ours is used",
    "energy-fractional-wh": "Reports energy in fractions of a watt-hour; they are rounded",
    "transaction-id-invalid": "Names transactions by something that is no transaction id",
    "flood": "Sends more messages per second than allowed",
    "answer-refused": "Could not use an answer of ours",
    "send-invalid": "Sends values in a message that breaks the rules; they are lost",
    "send-refused": "Sends unanswered what is no such message, or before it was accepted; it is lost",
    "send-unreadable": "Sends unanswered what cannot be read",
    "too-many-variables": "Tells of more variables than are kept; known ones stay up to date, new ones are left out",
    "too-many-monitors": "Tells of more monitors than are kept; known ones stay up to date, new ones are left out",
    "too-many-der-controls": "Tells of more grid controls than are kept; known ones stay up to date, new are left out",
    "too-many-display-messages": "Tells of more display messages than are kept; new ones are left out",
    "too-many-profiles": "Tells of more charging profiles than are kept; new ones are left out",
    "too-many-limits": "Tells of more limits of other systems than are kept; new ones are left out",
    "too-many-streams": "Opens more streams than it may; their values are kept, the streams are not listed",
    "too-many-closed-streams": "Opens and closes streams without end; the oldest closed ones are forgotten",
    "send-lost": "Sent values that could not be stored just then",
}
