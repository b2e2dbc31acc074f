import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from apps.core.db.partitions import CreatePartitionedModel


class Migration(migrations.Migration):
    dependencies = [("chargers", "0005_display_and_customers")]

    operations = [
        migrations.AlterField(
            model_name="chargingstation",
            name="protocol",
            field=models.CharField(
                blank=True,
                choices=[("ocpp1.6", "OCPP 1.6"), ("ocpp2.0.1", "OCPP 2.0.1"), ("ocpp2.1", "OCPP 2.1")],
                max_length=10,
                verbose_name="version spoken last",
            ),
        ),
        CreatePartitionedModel(
            name="PeriodicEventValue",
            partition_column="id",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("station_id", models.BigIntegerField()),
                ("stream_id", models.BigIntegerField()),
                ("at", models.DateTimeField(help_text="The charger's clock.")),
                ("received_at", models.DateTimeField()),
                ("value", models.TextField()),
            ],
            options={
                "indexes": [models.Index(fields=["station_id", "-id"], name="event_value_station")],
            },
        ),
        migrations.CreateModel(
            name="BatterySwap",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("request_id", models.BigIntegerField()),
                ("kind", models.CharField(help_text="BatteryIn, BatteryOut, BatteryOutTimeout", max_length=20)),
                ("evse_number", models.BigIntegerField()),
                ("serial_number", models.CharField(max_length=50)),
                ("soc_percent", models.FloatField()),
                ("soh_percent", models.FloatField()),
                ("produced", models.CharField(blank=True, help_text="As the station wrote it.", max_length=64)),
                ("vendor_info", models.CharField(blank=True, max_length=500)),
                ("token_value", models.CharField(max_length=255)),
                ("token_type", models.CharField(max_length=20)),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="battery_swaps",
                        to="chargers.chargingstation",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["station", "-received_at"], name="battery_swap_station")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("station", "request_id", "kind", "evse_number", "serial_number"),
                        name="battery_swap_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DerControl",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("control_id", models.CharField(max_length=36)),
                ("control_type", models.CharField(max_length=30)),
                ("is_default", models.BooleanField(default=False)),
                ("is_superseded", models.BooleanField(default=False)),
                ("is_running", models.BooleanField(default=False)),
                ("settings", models.JSONField(default=dict)),
                ("request_id", models.BigIntegerField(null=True)),
                ("told_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="der_controls",
                        to="chargers.chargingstation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("station", "control_type", "control_id"), name="der_control_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="DerEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(help_text="alarm, alarm_ended, started, stopped", max_length=10)),
                (
                    "control",
                    models.CharField(help_text="Of an alarm the type of the control, else its id.", max_length=36),
                ),
                ("grid_fault", models.CharField(blank=True, max_length=30)),
                ("info", models.CharField(blank=True, max_length=200)),
                ("superseded_ids", models.JSONField(default=list)),
                ("occurred_at", models.DateTimeField(help_text="The charger's clock.")),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="der_events",
                        to="chargers.chargingstation",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["station", "-received_at"], name="der_event_station")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("station", "kind", "control", "grid_fault", "occurred_at"), name="der_event_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DerReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("request_id", models.BigIntegerField()),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("completed_at", models.DateTimeField(null=True)),
                ("parts", models.PositiveIntegerField(default=0)),
                (
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="der_reports",
                        to="chargers.chargingstation",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("station", "request_id"), name="der_report_once")],
            },
        ),
        migrations.CreateModel(
            name="PeriodicEventStream",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stream_id", models.BigIntegerField()),
                ("variable_monitoring_id", models.BigIntegerField(null=True)),
                ("interval_s", models.BigIntegerField(null=True)),
                ("values_per_message", models.BigIntegerField(null=True)),
                ("is_open", models.BooleanField(default=True)),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("closed_at", models.DateTimeField(null=True)),
                ("last_value", models.TextField(blank=True)),
                ("last_value_at", models.DateTimeField(null=True)),
                ("pending", models.BigIntegerField(default=0)),
                (
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="event_streams",
                        to="chargers.chargingstation",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("station", "stream_id"), name="event_stream_once")],
            },
        ),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("transaction_id", models.CharField(blank=True, max_length=36)),
                ("psp_ref", models.CharField(max_length=255)),
                ("status", models.CharField(help_text="Settled, Canceled, Rejected, Failed", max_length=20)),
                ("amount", models.DecimalField(decimal_places=6, max_digits=16)),
                ("currency", models.CharField(max_length=3)),
                ("settled_at", models.DateTimeField(help_text="The charger's clock.")),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("info", models.CharField(blank=True, max_length=500)),
                ("receipt_id", models.CharField(blank=True, max_length=50)),
                ("receipt_url", models.CharField(blank=True, max_length=2000)),
                ("vat_number", models.CharField(blank=True, max_length=20)),
                ("vat_company", models.JSONField(null=True)),
                (
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="settlements",
                        to="chargers.chargingstation",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["station", "-received_at"], name="settlement_station")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("station", "psp_ref", "status", "transaction_id", "settled_at"), name="settlement_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WebPayment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("evse_number", models.BigIntegerField()),
                ("timeout_s", models.BigIntegerField(help_text="So long the EVSE waits for the payment.")),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="web_payments",
                        to="chargers.chargingstation",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["station", "-received_at"], name="web_payment_station")],
            },
        ),
    ]
