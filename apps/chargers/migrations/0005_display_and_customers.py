import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chargers", "0004_device_model"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DisplayMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField()),
                ("content", models.TextField()),
                ("format", models.CharField(default="UTF8", max_length=10)),
                ("language", models.CharField(blank=True, max_length=8)),
                ("extra", models.JSONField(blank=True, default=list)),
                ("priority", models.CharField(default="NormalCycle", max_length=20)),
                ("shown_in", models.CharField(blank=True, max_length=20)),
                ("starts_at", models.DateTimeField(blank=True, null=True)),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                ("transaction_id", models.CharField(blank=True, max_length=36)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked for"),
                            ("installed", "On the display"),
                            ("refused", "Refused"),
                            ("replaced", "Replaced"),
                            ("cleared", "Cleared"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("status_word", models.CharField(blank=True, max_length=60, verbose_name="the station's word")),
                ("explanation", models.CharField(blank=True, help_text="One sentence for people.", max_length=300)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "told_at",
                    models.DateTimeField(blank=True, help_text="When the station last said that it has it.", null=True),
                ),
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
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="display_messages",
                        to="chargers.chargingstation",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["station", "-asked_at"], name="display_message_station")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "installed")),
                        fields=("station", "number"),
                        name="display_message_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DisplayRead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("request_id", models.BigIntegerField()),
                ("is_filtered", models.BooleanField(default=True)),
                ("numbers", models.JSONField(default=list)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("completed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="display_reads",
                        to="chargers.chargingstation",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("station", "request_id"), name="display_read_once")],
            },
        ),
    ]
