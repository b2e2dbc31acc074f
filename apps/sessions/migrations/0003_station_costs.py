import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chargers", "0005_display_and_customers"),
        ("charging_sessions", "0002_reservations"),
        ("tariffs", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="SessionCost",
            fields=[
                (
                    "session",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="told_cost",
                        serialize=False,
                        to="charging_sessions.chargingsession",
                    ),
                ),
                ("told_cost", models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ("told_at", models.DateTimeField(null=True)),
                ("is_final", models.BooleanField(default=False)),
                (
                    "checked_at",
                    models.DateTimeField(help_text="When it was last looked whether there is news.", null=True),
                ),
                ("station_cost", models.DecimalField(decimal_places=6, max_digits=14, null=True)),
                ("station_currency", models.CharField(blank=True, max_length=3)),
                (
                    "station_note",
                    models.CharField(blank=True, help_text="Why it could not reckon, in its words.", max_length=500),
                ),
                ("differs", models.BooleanField(default=False)),
                (
                    "command",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="chargers.stationcommand",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StationPricing",
            fields=[
                (
                    "station",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="pricing",
                        serialize=False,
                        to="chargers.chargingstation",
                    ),
                ),
                (
                    "telling",
                    models.CharField(
                        choices=[
                            ("auto", "If the station says that it can show them"),
                            ("always", "Always"),
                            ("never", "Never"),
                        ],
                        default="auto",
                        max_length=6,
                    ),
                ),
                ("refused", models.JSONField(blank=True, default=dict)),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                (
                    "next_push_at",
                    models.DateTimeField(blank=True, help_text="Not again before; after a failure.", null=True),
                ),
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
                    "tariff_version",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="tariffs.tariffversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StationTariff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("evse_number", models.PositiveIntegerField(default=0)),
                ("tariff_id", models.CharField(max_length=60)),
                (
                    "kind",
                    models.CharField(default="DefaultTariff", help_text="OCPP TariffKindEnumType", max_length=20),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("held", "In the station"),
                            ("rejected", "Refused"),
                            ("too_many", "Too long for the station"),
                            ("unsupported", "Not supported by the station"),
                        ],
                        max_length=12,
                    ),
                ),
                ("status_word", models.CharField(blank=True, max_length=30, verbose_name="the station's word")),
                ("explanation", models.CharField(blank=True, max_length=300)),
                (
                    "losses",
                    models.JSONField(
                        blank=True, default=list, help_text="Sentences: what the station was not told of it."
                    ),
                ),
                ("told_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="held_tariffs",
                        to="chargers.chargingstation",
                    ),
                ),
                (
                    "tariff_version",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="tariffs.tariffversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("station", "evse_number", "kind", "tariff_id"), name="station_tariff_once"
                    )
                ],
            },
        ),
    ]
