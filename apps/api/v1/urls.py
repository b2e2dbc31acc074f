"""URLs of version 1."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from apps.api.v1 import (
    access,
    billing,
    bulk,
    certificates,
    commands,
    contracts,
    customers,
    device_model,
    display,
    drivers,
    firmware,
    grid,
    guests,
    limits,
    logs,
    payments,
    prices,
    reservations,
    resources,
    security,
    sites,
    stations,
    tariffs,
    telemetry,
)

router = SimpleRouter()
router.register("sites", sites.SiteResource, basename="site")
router.register("stations", stations.StationResource, basename="station")
router.register("evses", resources.EvseResource, basename="evse")
router.register("connectors", resources.ConnectorResource, basename="connector")
router.register("sessions", resources.SessionResource, basename="session")
router.register("display-messages", display.DisplayMessageResource, basename="display-message")
router.register("customers", customers.CustomerResource, basename="customer")
router.register("vehicles", customers.VehicleResource, basename="vehicle")
router.register("payments", payments.PaymentResource, basename="payment")
router.register("bank-transactions", payments.BankTransactionResource, basename="bank-transaction")
router.register("invoices", billing.InvoiceResource, basename="invoice")
router.register("billing-runs", billing.RunResource, basename="billing-run")
router.register("billing-items", billing.ItemResource, basename="billing-item")
router.register("bulk-operations", bulk.BulkResource, basename="bulk-operation")
router.register("bulk-items", bulk.BulkItemResource, basename="bulk-item")
router.register("qr-codes", guests.QrCodeResource, basename="qr-code")
router.register("reservations", reservations.ReservationResource, basename="reservation")
router.register("drivers", drivers.DriverResource, basename="driver")
router.register("tokens", drivers.TokenResource, basename="token")
router.register("local-lists", access.LocalListResource, basename="local-list")
router.register("customer-information", access.CustomerInformationResource, basename="customer-information")
router.register("variables", device_model.VariableResource, basename="variable")
router.register("monitors", device_model.MonitorResource, basename="monitor")
router.register("alarms", device_model.AlarmResource, basename="alarm")
router.register("reports", device_model.ReportResource, basename="report")
router.register("drift", device_model.DriftResource, basename="drift")
router.register("operations", device_model.OperationResource, basename="operation")
router.register("configuration-templates", device_model.TemplateResource, basename="configuration-template")
router.register("quirk-profiles", device_model.QuirkProfileResource, basename="quirk-profile")
router.register("commands", commands.CommandResource, basename="command")
router.register("firmware", firmware.FirmwareResource, basename="firmware")
router.register("firmware-updates", firmware.UpdateResource, basename="firmware-update")
router.register("firmware-publications", firmware.PublicationResource, basename="publication")
router.register("campaigns", firmware.CampaignResource, basename="campaign")
router.register("log-requests", logs.LogRequestResource, basename="log-request")
router.register("station-files", logs.StationFileResource, basename="station-file")
router.register("meter-values", telemetry.MeterValueResource, basename="meter-value")
router.register("event-streams", grid.EventStreamResource, basename="event-stream")
router.register("event-values", grid.EventValueResource, basename="event-value")
router.register("der-controls", grid.DerControlResource, basename="der-control")
router.register("der-events", grid.DerEventResource, basename="der-event")
router.register("battery-swaps", grid.BatterySwapResource, basename="battery-swap")
router.register("web-payments", grid.WebPaymentResource, basename="web-payment")
router.register("settlements", grid.SettlementResource, basename="settlement")
router.register("profile-changes", security.ProfileChangeResource, basename="profile-change")
router.register("network-profiles", security.NetworkProfileResource, basename="network-profile")
router.register("security-events", security.SecurityEventResource, basename="security-event")
router.register("security-alarms", security.SecurityAlarmResource, basename="security-alarm")
router.register("charging-profiles", limits.ProfileResource, basename="charging-profile")
router.register("charging-limits", limits.LimitResource, basename="charging-limit")
router.register("composite-schedules", limits.CompositeResource, basename="composite-schedule")
router.register("ca-certificates", certificates.CaCertificateResource, basename="ca-certificate")
router.register("station-certificates", certificates.StationCertificateResource, basename="station-certificate")
router.register("installed-certificates", certificates.InstalledCertificateResource, basename="installed-certificate")
router.register("contracts", contracts.ContractResource, basename="contract")
router.register("tariffs", tariffs.TariffResource, basename="tariff")
router.register("tariff-versions", tariffs.TariffVersionResource, basename="tariff-version")
router.register("tariff-assignments", tariffs.TariffAssignmentResource, basename="tariff-assignment")
router.register("membership-plans", tariffs.MembershipPlanResource, basename="membership-plan")
router.register("market-prices", tariffs.MarketPriceResource, basename="market-price")
router.register("station-tariffs", prices.StationTariffResource, basename="station-tariff")
router.register("journal", telemetry.JournalResource, basename="journal")

_SECURITY_ACTS = {
    "security-profile": security.StationProfileRaise,
    "send-elsewhere": security.StationSendElsewhere,
    "password": security.StationPassword,
    "alarms-seen": security.StationAlarmsSeen,
}

_WISHES = {
    "variables/read": (device_model.ReadVariables, {"post": "create"}),
    "variables/set": (device_model.SetVariables, {"post": "create"}),
    "variables/known": (device_model.KnownVariables, {"put": "update"}),
    "reports": (device_model.AskReport, {"post": "create"}),
    "monitors/set": (device_model.SetMonitors, {"post": "create"}),
    "monitors/clear": (device_model.ClearMonitors, {"post": "create"}),
    "monitoring": (device_model.AskMonitoring, {"post": "create"}),
    "templates/apply": (device_model.ApplyTemplates, {"post": "create"}),
    "quirks": (device_model.StationQuirks, {"get": "retrieve"}),
}
"""What is asked of one station about its device model, below its address."""

_PRICE_ACTS = {
    "push": prices.StationPricesPush,
    "read": prices.StationPricesRead,
    "clear": prices.StationPricesClear,
}

urlpatterns = [
    *(
        path(
            f"stations/<str:identity>/certificates/{word}/",
            certificates.StationCertificateActions.as_view({"post": method}),
            name=f"certificates-{word}",
        )
        for word, method in (("renew", "renew"), ("read", "read_installed"), ("install", "install"))
    ),
    *(
        path(
            f"stations/<str:identity>/{where}/",
            view.as_view(methods),
            name=f"station-{where.replace('/', '-')}",
        )
        for where, (view, methods) in _WISHES.items()
    ),
    *(
        path(f"stations/<str:identity>/{name}/", view.as_view({"post": "create"}), name=f"station-{name}")
        for name, view in _SECURITY_ACTS.items()
    ),
    path(
        "stations/<str:identity>/charging-profiles/",
        limits.StationProfiles.as_view({"post": "create"}),
        name="station-profiles",
    ),
    path(
        "stations/<str:identity>/charging-profiles/clear/",
        limits.StationProfilesClear.as_view({"post": "create"}),
        name="station-profiles-clear",
    ),
    path(
        "stations/<str:identity>/charging-profiles/read/",
        limits.StationProfilesRead.as_view({"post": "create"}),
        name="station-profiles-read",
    ),
    path(
        "stations/<str:identity>/composite-schedule/",
        limits.StationComposite.as_view({"post": "create"}),
        name="station-composite",
    ),
    path(
        "stations/<str:identity>/commands/",
        commands.StationCommands.as_view({"post": "create"}),
        name="station-commands",
    ),
    path(
        "stations/<str:identity>/display/read/",
        display.DisplayReadBack.as_view({"post": "create"}),
        name="station-display-read",
    ),
    path(
        "display-messages/<int:pk>/clear/",
        display.DisplayMessageClear.as_view({"post": "create"}),
        name="display-message-clear",
    ),
    path(
        "stations/<str:identity>/prices/",
        prices.StationPrices.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="station-prices",
    ),
    *(
        path(f"stations/<str:identity>/prices/{name}/", view.as_view({"post": "create"}), name=f"station-prices-{name}")
        for name, view in _PRICE_ACTS.items()
    ),
    path("qr-codes/<int:pk>/renew/", guests.QrCodeRenew.as_view({"post": "create"}), name="qr-code-renew"),
    path("sites/<int:pk>/qr-codes/", guests.SiteQrCodes.as_view({"post": "create"}), name="site-qr-codes"),
    path("bulk-operations/<int:pk>/cancel/", bulk.BulkCancel.as_view({"post": "create"}), name="bulk-cancel"),
    path("bulk-operations/<int:pk>/retry/", bulk.BulkRetry.as_view({"post": "create"}), name="bulk-retry"),
    path(
        "reservations/<int:pk>/cancel/",
        reservations.ReservationCancel.as_view({"post": "create"}),
        name="reservation-cancel",
    ),
    path(
        "stations/<str:identity>/local-list/",
        access.StationLocalList.as_view({"get": "retrieve", "patch": "partial_update", "post": "create"}),
        name="station-local-list",
    ),
    path(
        "stations/<str:identity>/local-list/entries/",
        access.StationListEntries.as_view({"get": "list"}),
        name="station-local-list-entries",
    ),
    path(
        "stations/<str:identity>/customer-information/",
        access.StationCustomers.as_view({"post": "create"}),
        name="station-customer-information",
    ),
    path("tokens/judge/", access.JudgeToken.as_view({"post": "create"}), name="token-judge"),
    *router.urls,
]
