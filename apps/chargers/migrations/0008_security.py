import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chargers", "0007_bulk_operations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FailedHandshake",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("remote_address", models.CharField(max_length=45)),
                ("reason", models.CharField(max_length=200)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("attempts", models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name="NetworkProfile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slot", models.PositiveIntegerField()),
                ("url", models.CharField(max_length=512)),
                ("security_profile", models.SmallIntegerField()),
                ("ocpp_version", models.CharField(blank=True, max_length=10)),
                ("interface", models.CharField(blank=True, max_length=20)),
                ("details", models.JSONField(default=dict)),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="SecurityAlarm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("type", models.CharField(max_length=50)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("count", models.PositiveIntegerField(default=1)),
                ("info", models.CharField(blank=True, max_length=255)),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SecurityProfileChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("profile_before", models.PositiveSmallIntegerField()),
                ("profile_wanted", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Waits for the charger"),
                            ("profile_sent", "Profile taken, its priority follows"),
                            ("priority_set", "Set, the restart follows"),
                            ("rebooting", "Restarts"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                        ],
                        default="planned",
                        max_length=14,
                    ),
                ),
                (
                    "is_migration",
                    models.BooleanField(default=False, help_text="To the address of another system, for good."),
                ),
                ("slot", models.PositiveIntegerField(blank=True, null=True)),
                ("slots_before", models.CharField(blank=True, max_length=120)),
                ("connection_data", models.JSONField(default=dict)),
                ("words", models.CharField(blank=True, max_length=300, verbose_name="the charger's words")),
                ("explanation", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("due_at", models.DateTimeField(help_text="By when the present step must be over.")),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="chargingstation",
            name="key_encoding",
            field=models.CharField(
                choices=[
                    ("text", "As it is: the charger presents exactly the text it was given"),
                    (
                        "hex",
                        "In hexadecimal, as the security white paper says: the charger presents the bytes behind it",
                    ),
                ],
                default="text",
                help_text="1.6 only.",
                max_length=4,
                verbose_name="AuthorizationKey is sent",
            ),
        ),
        migrations.AddField(
            model_name="chargingstation",
            name="wanted_security_profile",
            field=models.PositiveSmallIntegerField(
                blank=True, help_text="Becomes the least once the charger connects with it.", null=True
            ),
        ),
        migrations.AddField(
            model_name="stationconnection",
            name="certificate_fingerprint",
            field=models.CharField(blank=True, help_text="SHA-256 of what it showed.", max_length=64),
        ),
        migrations.AddField(
            model_name="stationconnection",
            name="security_profile",
            field=models.PositiveSmallIntegerField(help_text="By which it came in last.", null=True),
        ),
        migrations.AddIndex(
            model_name="stationnotice",
            index=models.Index(
                condition=models.Q(("kind", "security")), fields=["station", "-received_at"], name="notice_security"
            ),
        ),
        migrations.AddIndex(
            model_name="failedhandshake",
            index=models.Index(fields=["-last_at"], name="failed_handshake_recent"),
        ),
        migrations.AddConstraint(
            model_name="failedhandshake",
            constraint=models.UniqueConstraint(fields=("remote_address", "reason"), name="failed_handshake_once"),
        ),
        migrations.AddField(
            model_name="networkprofile",
            name="station",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="network_profiles",
                to="chargers.chargingstation",
            ),
        ),
        migrations.AddField(
            model_name="securityalarm",
            name="acknowledged_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="securityalarm",
            name="station",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="security_alarms",
                to="chargers.chargingstation",
            ),
        ),
        migrations.AddField(
            model_name="securityprofilechange",
            name="command",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="profile_changes",
                to="chargers.stationcommand",
            ),
        ),
        migrations.AddField(
            model_name="securityprofilechange",
            name="requested_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="securityprofilechange",
            name="station",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="profile_changes",
                to="chargers.chargingstation",
            ),
        ),
        migrations.AddConstraint(
            model_name="networkprofile",
            constraint=models.UniqueConstraint(fields=("station", "slot"), name="network_profile_once"),
        ),
        migrations.AddIndex(
            model_name="securityalarm",
            index=models.Index(
                condition=models.Q(("acknowledged_at", None)), fields=["-last_at"], name="security_alarm_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="securityalarm",
            constraint=models.UniqueConstraint(
                condition=models.Q(("acknowledged_at", None)),
                fields=("station", "type"),
                name="security_alarm_open_once",
            ),
        ),
        migrations.AddIndex(
            model_name="securityprofilechange",
            index=models.Index(fields=["station", "-created_at"], name="profile_change_station"),
        ),
        migrations.AddIndex(
            model_name="securityprofilechange",
            index=models.Index(
                condition=models.Q(("state__in", ("planned", "profile_sent", "priority_set", "rebooting"))),
                fields=["due_at"],
                name="profile_change_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="securityprofilechange",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("planned", "profile_sent", "priority_set", "rebooting"))),
                fields=("station",),
                name="profile_change_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="securityprofilechange",
            constraint=models.CheckConstraint(
                condition=models.Q(("profile_wanted__gte", 0), ("profile_wanted__lte", 3)),
                name="profile_change_wanted_0_to_3",
            ),
        ),
    ]
