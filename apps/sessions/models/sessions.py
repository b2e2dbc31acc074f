"""The charging session: OCPP's transaction and the business made of it, in one row."""

from django.db import models
from django.utils import timezone

from apps.chargers.choices import OcppVersion
from apps.chargers.models import ChargingStation, Evse, StationCommand
from apps.drivers.models import Driver, IdToken
from apps.sessions.choices import SessionFlag, SessionState
from apps.sessions.querysets import SessionQuerySet
from apps.sites.models import Site
from apps.tariffs.models import TariffVersion


class ChargingSession(models.Model):
    """One stay of one vehicle at one EVSE.

    *Identity*: (station, transaction_id) as the charger names it; in 1.6 we give the number. *Clock*: ``started_at``
    and ``ended_at`` are what we hold to be true (the charger's instants where plausible, else ours);
    ``…_reported_at`` is the charger's claim, ``…_received_at`` ours. *Meter*: ``meter_start_wh`` and ``meter_last_wh``
    are registers; a register that restarts moves what was counted so far into ``energy_carried_wh``. ``energy_wh`` is
    never negative.
    *Repeats*: ``start_fingerprint`` is what tells 1.6's StartTransaction from its repeat (``engine.fingerprints``).
    *Sequence*: ``seq_ranges`` are the closed ranges of seqNo received, ``[[0, 17], [19, 19]]`` shows a gap at 18.
    *Price*: ``tariff_version`` is the one in force at the start; the cost is final once ``priced_at`` is set, gross in
    ``currency``.
    """

    # Without indexes of their own where one below begins with the same column: each costs every change of a row.
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="sessions", db_index=False)
    station = models.ForeignKey(ChargingStation, on_delete=models.PROTECT, related_name="sessions", db_index=False)
    evse = models.ForeignKey(Evse, on_delete=models.PROTECT, null=True, related_name="sessions")
    evse_number = models.PositiveIntegerField(null=True)
    connector_number = models.PositiveIntegerField(null=True)
    transaction_id = models.CharField(max_length=36)
    protocol = models.CharField(max_length=10, choices=OcppVersion)
    start_fingerprint = models.CharField(max_length=64, null=True, unique=True)
    remote_start_id = models.BigIntegerField(null=True)
    remote_start_command = models.ForeignKey(StationCommand, on_delete=models.SET_NULL, null=True, related_name="+")
    reservation_id = models.BigIntegerField(null=True)
    seq_ranges = models.JSONField(default=list)

    state = models.CharField(max_length=8, choices=SessionState, default=SessionState.ACTIVE)
    charging_state = models.CharField(max_length=14, blank=True, help_text="OCPP ChargingStateEnumType")
    charging_states = models.JSONField(
        default=list, help_text="[[seqNo or null, Unix ms, state], …]: each change that was told, in order"
    )
    flags = models.JSONField(default=list)

    token_value = models.CharField(max_length=255, blank=True)
    token_type = models.CharField(max_length=20, blank=True)
    token_status = models.CharField("our verdict on the token", max_length=20, blank=True)
    token_seq = models.BigIntegerField(null=True, help_text="Place of the event that brought the token.")
    id_token = models.ForeignKey(IdToken, on_delete=models.SET_NULL, null=True, related_name="sessions")
    driver = models.ForeignKey(Driver, on_delete=models.SET_NULL, null=True, related_name="sessions", db_index=False)
    is_billable = models.BooleanField(default=False, help_text="A token was accepted for it.")
    free_of_charge = models.BooleanField(default=False, help_text="By the access rule that admitted the token.")

    started_at = models.DateTimeField()
    started_reported_at = models.DateTimeField(null=True)
    started_received_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    ended_reported_at = models.DateTimeField(null=True)
    ended_received_at = models.DateTimeField(null=True)
    stopped_reason = models.CharField(max_length=30, blank=True)
    details = models.JSONField(default=dict, help_text="{name: [seqNo, value]}: what only 2.1 tells, as last told")
    charging_ended_at = models.DateTimeField(null=True, help_text="When the car last stopped asking.")

    meter_start_wh = models.BigIntegerField(null=True)
    meter_start_at = models.DateTimeField(null=True)
    meter_last_wh = models.BigIntegerField(null=True)
    meter_last_at = models.DateTimeField(null=True)
    energy_carried_wh = models.BigIntegerField(default=0)
    energy_wh = models.BigIntegerField(default=0)
    meter_points = models.JSONField(default=list, help_text="[[Unix µs, kind, Wh], …]: what an odd meter told")
    power_wh = models.BigIntegerField(default=0, help_text="What the reported power amounts to at least.")
    power_w = models.IntegerField(null=True)
    peak_power_w = models.IntegerField(null=True)
    current_l1_a = models.FloatField(null=True)
    current_l2_a = models.FloatField(null=True)
    current_l3_a = models.FloatField(null=True)
    voltage_l1_v = models.FloatField(null=True)
    soc_percent = models.FloatField(null=True)
    soc_start_percent = models.FloatField(null=True)
    last_value_at = models.DateTimeField(null=True)

    tariff_version = models.ForeignKey(TariffVersion, on_delete=models.PROTECT, null=True, related_name="sessions")
    currency = models.CharField(max_length=3, blank=True)
    cost_net = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    cost_gross = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    price_breakdown = models.JSONField(null=True)
    priced_at = models.DateTimeField(null=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["station", "transaction_id"], name="session_transaction_once"),
            models.CheckConstraint(condition=models.Q(energy_wh__gte=0), name="session_energy_not_negative"),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(ended_at__gte=models.F("started_at")),
                name="session_ends_after_start",
            ),
        ]
        indexes = [
            models.Index(fields=["-started_at", "-id"], name="session_recent"),
            models.Index(fields=["site", "-started_at", "-id"], name="session_site_recent"),
            models.Index(fields=["station", "-started_at"], name="session_station_recent"),
            models.Index(fields=["driver", "-started_at"], name="session_driver_recent"),
            models.Index(
                fields=["station", "evse_number"], name="session_open", condition=models.Q(state__in=("active", "idle"))
            ),
            models.Index(fields=["station"], name="session_unplaced", condition=models.Q(evse_number=None)),
            models.Index(
                fields=["ended_at"], name="session_unpriced", condition=models.Q(priced_at=None, ended_at__isnull=False)
            ),
            models.Index(
                fields=["id_token"], name="session_token_open", condition=models.Q(state__in=("active", "idle"))
            ),
        ]

    def __str__(self) -> str:
        return f"Session {self.transaction_id} at {self.station}"

    @property
    def is_open(self) -> bool:
        return self.state in (SessionState.ACTIVE, SessionState.IDLE)

    @property
    def state_choice(self) -> SessionState:
        """The state with its label, colour and icon."""
        return SessionState(self.state)

    @property
    def flag_choices(self) -> list[SessionFlag]:
        """The flags with their labels and colours."""
        return [SessionFlag(flag) for flag in self.flags]
