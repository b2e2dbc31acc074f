"""Which service takes which event: the whole routing of what chargers say.

Services are set-based, ``service([Fact, …]) → [Reply, …]`` (``chargers.facts``). The order of ``WRITE_SERVICES`` is the
order in which they run inside a batch, hence in which they take locks: station, then session.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from apps.chargers.facts import Fact
from apps.chargers.messages.certificate_lessons import (
    CertificateAnswered,
    CertificateDeleted,
    CertificateInstalled,
    CertificatesListed,
)
from apps.chargers.messages.commands.customer import CustomerInformationAnswered
from apps.chargers.messages.commands.display import (
    DisplayMessageAnswered,
    DisplayMessageCleared,
    DisplayReadAnswered,
)
from apps.chargers.messages.commands.dynamic_charging import DynamicScheduleUpdated
from apps.chargers.messages.commands.local_lists import LocalListAnswered, LocalListVersionTold
from apps.chargers.messages.commands.network import NetworkProfileSet
from apps.chargers.messages.commands.reservations import CancellationAnswered, ReservationAnswered
from apps.chargers.messages.commands.smart_charging import (
    CompositeScheduleTold,
    ProfileAnswered,
    ProfileReportPromised,
    ProfilesCleared,
)
from apps.chargers.messages.commands.tariffs import DefaultTariffAnswered, TariffsCleared, TariffsListed
from apps.chargers.messages.events import (
    AuthorizeRequested,
    BootNotified,
    CertificateSigningRequested,
    CertificateStatusRequested,
    ChargerEvent,
    ChargingLimitCleared,
    ChargingLimitNotified,
    ChargingNeedsNotified,
    ChargingProfilesReported,
    ChargingScheduleNotified,
    ContractAuthorizeRequested,
    ContractCertificateRequested,
    DataTransferred,
    EventsNotified,
    FirmwarePublishStatusNotified,
    FirmwareStatusNotified,
    HeartbeatReceived,
    LogStatusNotified,
    MeterValuesReported,
    ReportNotified,
    StationNoticeReported,
    StatusNotified,
    TransactionEvent,
)
from apps.chargers.messages.events.battery_swap import BatteriesSwapped
from apps.chargers.messages.events.certificate_chains import CertificateChainStatusAsked
from apps.chargers.messages.events.customer import CustomerInformationNotified
from apps.chargers.messages.events.der import (
    DerAlarmRaised,
    DerControlKept,
    DerControlsCleared,
    DerControlsReported,
    DerControlSwitched,
)
from apps.chargers.messages.events.device_model import MonitoringReportNotified
from apps.chargers.messages.events.display import DisplayMessagesNotified
from apps.chargers.messages.events.dynamic_charging import DynamicScheduleAsked, PriorityChargingNotified
from apps.chargers.messages.events.payments import SettlementNotified, VatNumberAsked, WebPaymentStarted
from apps.chargers.messages.events.reservations import ReservationUpdated
from apps.chargers.messages.events.streams import (
    StreamAdjusted,
    StreamClosed,
    StreamOpened,
    StreamsListed,
    StreamValuesReported,
)
from apps.chargers.messages.learnt_transfers import LogAnswered, PublishAnswered, UnpublishAnswered, UpdateAnswered
from apps.chargers.messages.lessons import InventoryAnswered, ItemsAnswered, MonitorsChanged, ReportPromised
from apps.chargers.messages.replies import HeartbeatReply, Reply
from apps.chargers.messages.results import Learnt
from apps.chargers.services.battery_swaps import record_battery_swaps
from apps.chargers.services.certificates import (
    record_certificate_answers,
    record_deleted_certificates,
    record_installed_certificates,
    record_listed_certificates,
    record_signing_requests,
)
from apps.chargers.services.der import (
    forget_der_controls,
    learn_der_controls,
    record_der_alarms,
    record_der_reports,
    record_der_switches,
)
from apps.chargers.services.device_model import (
    record_data_transfers,
    record_events,
    record_monitoring_reports,
    record_notices,
    record_reports,
)
from apps.chargers.services.display import (
    learn_clearings,
    learn_readings,
    learn_settings,
    record_display_messages,
)
from apps.chargers.services.firmware.progress import learn_update_answers, record_firmware_statuses
from apps.chargers.services.firmware.publishing import (
    learn_publish_answers,
    learn_unpublish_answers,
    record_publish_statuses,
)
from apps.chargers.services.logs.progress import learn_log_answers, record_log_statuses
from apps.chargers.services.monitors import learn_monitors
from apps.chargers.services.operations import learn_items
from apps.chargers.services.payments import check_vat_numbers, record_settlements, record_web_payments
from apps.chargers.services.plug_and_charge import (
    answer_chain_status,
    answer_contract_request,
    answer_status,
    no_chain_status,
    no_contract,
    no_status,
)
from apps.chargers.services.provisioning import record_boots
from apps.chargers.services.reports import learn_inventories, learn_promised_reports
from apps.chargers.services.security.network_profiles import record_network_profiles
from apps.chargers.services.status import record_statuses
from apps.chargers.services.streams import (
    close_streams,
    learn_adjustments,
    learn_streams,
    open_streams,
    record_stream_values,
)
from apps.drivers.services.contracts import no_contract_verdict
from apps.drivers.services.customer_information import learn_customer_answers, record_customer_information
from apps.drivers.services.local_lists.answers import learn_list_updates, learn_list_versions
from apps.energy.services.dynamic import answer_dynamic_requests, learn_dynamic_updates, record_priority_use
from apps.energy.services.learning import learn_clears, learn_composites, learn_profile_answers, learn_report_promises
from apps.energy.services.needs import answer_ev_schedules, answer_needs
from apps.energy.services.reports import record_cleared_limits, record_limits, record_profile_reports
from apps.sessions.services.authorising import authorise, authorise_contract
from apps.sessions.services.metering import record_meter_values
from apps.sessions.services.reservations import learn_cancellations, learn_reservations, record_reservation_updates
from apps.sessions.services.station_costs import learn_cleared_tariffs, learn_default_tariffs, learn_listed_tariffs
from apps.sessions.services.transactions import record_transaction_events

Service = Callable[[Sequence[Any]], Sequence[Any]]

WRITE_SERVICES: dict[type[ChargerEvent], Service] = {
    BootNotified: record_boots,
    StatusNotified: record_statuses,
    ReportNotified: record_reports,
    MonitoringReportNotified: record_monitoring_reports,
    EventsNotified: record_events,
    StationNoticeReported: record_notices,
    FirmwareStatusNotified: record_firmware_statuses,
    FirmwarePublishStatusNotified: record_publish_statuses,
    LogStatusNotified: record_log_statuses,
    DataTransferred: record_data_transfers,
    StreamOpened: open_streams,
    StreamClosed: close_streams,
    StreamValuesReported: record_stream_values,
    DerAlarmRaised: record_der_alarms,
    DerControlSwitched: record_der_switches,
    DerControlsReported: record_der_reports,
    BatteriesSwapped: record_battery_swaps,
    WebPaymentStarted: record_web_payments,
    SettlementNotified: record_settlements,
    PriorityChargingNotified: record_priority_use,
    CustomerInformationNotified: record_customer_information,
    CertificateSigningRequested: record_signing_requests,
    TransactionEvent: record_transaction_events,
    MeterValuesReported: record_meter_values,
    DisplayMessagesNotified: record_display_messages,
    ReservationUpdated: record_reservation_updates,
    ChargingLimitNotified: record_limits,
    ChargingLimitCleared: record_cleared_limits,
    ChargingProfilesReported: record_profile_reports,
    ChargingNeedsNotified: answer_needs,
    ChargingScheduleNotified: answer_ev_schedules,
}
"""Facts: stored, then answered."""

READ_SERVICES: dict[type[ChargerEvent], Service] = {
    AuthorizeRequested: authorise,
    DynamicScheduleAsked: answer_dynamic_requests,
    VatNumberAsked: check_vat_numbers,
}
"""Questions: answered from what is stored."""


@dataclass(frozen=True, slots=True)
class OnlineService:
    """``answer(fact)`` asks others over the network; ``without(fact)`` is said where there was no time or no room."""

    answer: Callable[[Fact[Any]], Reply]
    without: Callable[[Fact[Any]], Reply]


ONLINE_SERVICES: dict[type[ChargerEvent], OnlineService] = {
    ContractAuthorizeRequested: OnlineService(authorise_contract, no_contract_verdict),
    CertificateStatusRequested: OnlineService(answer_status, no_status),
    CertificateChainStatusAsked: OnlineService(answer_chain_status, no_chain_status),
    ContractCertificateRequested: OnlineService(answer_contract_request, no_contract),
}
"""Questions that others have to be asked: in threads of their own, one at a time, with a bound on the time."""

ANSWERED_AT_ONCE: dict[type[ChargerEvent], Callable[[ChargerEvent, datetime], Reply]] = {
    HeartbeatReceived: lambda event, received_at: HeartbeatReply(datetime.now(UTC)),
}
"""Signs of life: when a station was last heard is written in groups (``notes``)."""

LESSONS: dict[type[Learnt], Callable[[Sequence[Any]], None]] = {
    DisplayMessageAnswered: learn_settings,
    DisplayMessageCleared: learn_clearings,
    DisplayReadAnswered: learn_readings,
    NetworkProfileSet: record_network_profiles,
    ReservationAnswered: learn_reservations,
    CancellationAnswered: learn_cancellations,
    DerControlKept: learn_der_controls,
    DerControlsCleared: forget_der_controls,
    StreamAdjusted: learn_adjustments,
    StreamsListed: learn_streams,
    LocalListAnswered: learn_list_updates,
    LocalListVersionTold: learn_list_versions,
    CustomerInformationAnswered: learn_customer_answers,
    ProfileAnswered: learn_profile_answers,
    ProfilesCleared: learn_clears,
    ProfileReportPromised: learn_report_promises,
    CompositeScheduleTold: learn_composites,
    DynamicScheduleUpdated: learn_dynamic_updates,
    ItemsAnswered: learn_items,
    ReportPromised: learn_promised_reports,
    InventoryAnswered: learn_inventories,
    MonitorsChanged: learn_monitors,
    CertificateAnswered: record_certificate_answers,
    CertificateInstalled: record_installed_certificates,
    CertificateDeleted: record_deleted_certificates,
    CertificatesListed: record_listed_certificates,
    UpdateAnswered: learn_update_answers,
    PublishAnswered: learn_publish_answers,
    UnpublishAnswered: learn_unpublish_answers,
    LogAnswered: learn_log_answers,
    DefaultTariffAnswered: learn_default_tariffs,
    TariffsListed: learn_listed_tariffs,
    TariffsCleared: learn_cleared_tariffs,
}
"""What answers of chargers teach: ``service([Lesson, …])`` for each kind (``settling``)."""
