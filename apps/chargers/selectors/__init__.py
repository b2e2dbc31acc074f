"""Questions about stations, asked by pages and programs; each within the scope of a user."""

from apps.chargers.selectors.diagnosis import Finding, Level, advise_on_refusal, diagnose_identity
from apps.chargers.selectors.exceptions import ExceptionItem, ExceptionKind, exceptions_for
from apps.chargers.selectors.handshakes import PuzzlingHandshake, failed_handshakes
from apps.chargers.selectors.network import NetworkCounts, connector_counts, network_counts
from apps.chargers.selectors.stations import StationPage, station_page, unknown_waiting

__all__ = [
    "ExceptionItem",
    "ExceptionKind",
    "Finding",
    "Level",
    "NetworkCounts",
    "PuzzlingHandshake",
    "StationPage",
    "advise_on_refusal",
    "connector_counts",
    "diagnose_identity",
    "exceptions_for",
    "failed_handshakes",
    "network_counts",
    "station_page",
    "unknown_waiting",
]
