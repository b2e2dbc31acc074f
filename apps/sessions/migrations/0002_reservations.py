import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("charging_sessions", "0001_initial"),
        ("chargers", "0001_initial"),
        ("drivers", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Reservation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField()),
                ("evse_number", models.PositiveIntegerField(default=0)),
                ("connector_type", models.CharField(blank=True, max_length=20)),
                ("token_value", models.CharField(max_length=255)),
                ("token_type", models.CharField(blank=True, max_length=20)),
                ("group_value", models.CharField(blank=True, max_length=255)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked for"),
                            ("held", "Reserved"),
                            ("refused", "Refused"),
                            ("used", "Used"),
                            ("expired", "Expired"),
                            ("cancelled", "Cancelled"),
                            ("removed", "Dropped by the station"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("status_word", models.CharField(blank=True, max_length=60, verbose_name="the station's word")),
                ("explanation", models.CharField(blank=True, help_text="One sentence for people.", max_length=300)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("held_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "command",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="chargers.stationcommand",
                    ),
                ),
                (
                    "driver",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reservations",
                        to="drivers.driver",
                    ),
                ),
                (
                    "id_token",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reservations",
                        to="drivers.idtoken",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reservations",
                        to="charging_sessions.chargingsession",
                    ),
                ),
                (
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reservations",
                        to="chargers.chargingstation",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-asked_at", "-id"], name="reservation_recent"),
                    models.Index(fields=["station", "number"], name="reservation_station_number"),
                    models.Index(
                        condition=models.Q(("state__in", ("asked", "held"))),
                        fields=["expires_at"],
                        name="reservation_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("asked", "held"))),
                        fields=("station", "number"),
                        name="reservation_number_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("evse_number__gt", 0), ("state__in", ("asked", "held"))),
                        fields=("station", "evse_number"),
                        name="reservation_one_per_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "used"), ("session", None), _connector="OR"),
                        name="reservation_session_used",
                    ),
                ],
            },
        ),
    ]
