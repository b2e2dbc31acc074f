"""Operations, monitors, alarms, templates, drift and quirks."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

SEEN = (
    # name, vendor, is active, quirks, note. The inactive ones are habits reported of several makes: copy one and say of
    # which vendor, model and firmware it is true.
    ("Grizzl-E", "*grizzl*", True, {"assumed_protocol": "ocpp1.6", "is_lenient": True},
     "Offers no OCPP subprotocol in its handshake."),
    ("United Chargers", "united chargers*", True, {"assumed_protocol": "ocpp1.6", "is_lenient": True},
     "Maker of the Grizzl-E: offers no OCPP subprotocol in its handshake."),
    ("Habit: card numbers end with a semicolon", "", False, {"tag_suffix": ";"}, "Seen on several 1.6 chargers."),
    ("Habit: card numbers backwards", "", False, {"reversed_tags": True}, "Readers that turn the bytes of a UID round."),
    ("Habit: kWh labelled Wh", "", False, {"energy_is_kwh": True}, "The implied power is a thousandth of the rating."),
    ("Habit: only stack level 0", "", False, {"only_stack_level_zero": True}, "Refuses profiles of other levels."),
    ("Habit: few periods", "", False, {"max_schedule_periods": 6}, "Refuses schedules with more periods."),
    ("Habit: limits in W only", "", False, {"only_rate_unit": "W"}, "Refuses or ignores limits in A."),
    ("Habit: limits in A only", "", False, {"only_rate_unit": "A"}, "Refuses or ignores limits in W."),
    ("Habit: a limit of 0 ends the session", "", False, {"pausing_ends_session": True},
     "Below 6 A the charger ends the transaction in place of pausing."),
    ("Habit: ignores limits", "", False, {"ignores_profiles": True}, "Accepts profiles without obeying them."),
    ("Habit: restarts when probed", "", False, {"probing_reboots": True}, "Restarts when asked for all of its keys."),
    ("Habit: silent before its boot", "", False, {"silent_before_boot_s": 30},
     "Ignores calls until its BootNotification was answered."),
    ("Habit: password in hexadecimal digits", "", False, {"password_encoding": "hex"},
     "Takes AuthorizationKey as hexadecimal digits only."),
    ("Habit: password as text", "", False, {"password_encoding": "text"}, "Takes AuthorizationKey as plain text only."),
    ("Habit: no transaction in meter values", "", False, {"no_transaction_in_meter_values": True},
     "MeterValues leave transactionId out or say 0."),
)  # fmt: skip


def seed_quirk_profiles(apps, schema_editor):
    """What is publicly known of models; operators add their own."""
    profiles = apps.get_model("chargers", "QuirkProfile")
    profiles.objects.bulk_create(
        profiles(name=name, vendor_pattern=vendor, is_active=is_active, quirks=quirks, note=note)
        for name, vendor, is_active, quirks, note in SEEN
    )


def forget_report_numbers_of_two_kinds(apps, schema_editor):
    """The older constraint allows one report per number."""
    apps.get_model("chargers", "DeviceModelReport").objects.exclude(kind="variables").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("chargers", "0003_files_and_firmware"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ConfigurationDrift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("wanted", models.TextField(blank=True)),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                ("last_word", models.CharField(blank=True, max_length=40)),
                ("tried_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="ConfigurationTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                (
                    "family",
                    models.CharField(choices=[("1.6", "OCPP 1.6"), ("2.x", "OCPP 2.x")], default="2.x", max_length=4),
                ),
                ("vendor_pattern", models.CharField(blank=True, max_length=80)),
                ("model_pattern", models.CharField(blank=True, max_length=80)),
                ("firmware_pattern", models.CharField(blank=True, max_length=80)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="QuirkProfile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("vendor_pattern", models.CharField(blank=True, max_length=80)),
                ("model_pattern", models.CharField(blank=True, max_length=80)),
                ("firmware_pattern", models.CharField(blank=True, max_length=80)),
                ("quirks", models.JSONField(default=dict)),
                ("note", models.TextField(blank=True, help_text="Where this was seen.")),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="StationAlarm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("component", models.CharField(max_length=50)),
                ("component_instance", models.CharField(blank=True, max_length=50)),
                ("evse_number", models.PositiveIntegerField(default=0)),
                ("connector_number", models.PositiveIntegerField(default=0)),
                ("variable", models.CharField(max_length=50)),
                ("variable_instance", models.CharField(blank=True, max_length=50)),
                ("monitor_id", models.BigIntegerField(blank=True, null=True)),
                ("event_id", models.BigIntegerField()),
                (
                    "severity",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (0, "Danger"),
                            (1, "Hardware failure"),
                            (2, "System failure"),
                            (3, "Critical"),
                            (4, "Error"),
                            (5, "Alert"),
                            (6, "Warning"),
                            (7, "Notice"),
                            (8, "Informational"),
                            (9, "Debug"),
                        ],
                        null=True,
                    ),
                ),
                ("value", models.TextField(blank=True)),
                ("tech_code", models.CharField(blank=True, max_length=50)),
                ("tech_info", models.TextField(blank=True)),
                ("transaction_id", models.CharField(blank=True, max_length=36)),
                ("is_fault", models.BooleanField(default=False, help_text="It makes its place Faulted.")),
                ("status_before", models.CharField(blank=True, max_length=14)),
                ("raised_at", models.DateTimeField()),
                ("cleared_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="StationOperation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("read_variables", "Read variables"),
                            ("set_variables", "Set variables"),
                            ("report", "Report"),
                            ("set_monitors", "Set monitors"),
                            ("clear_monitors", "Clear monitors"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[("portal", "Portal"), ("api", "API"), ("automation", "Automation")],
                        default="portal",
                        max_length=12,
                    ),
                ),
                ("wanted", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="StationProvisioning",
            fields=[
                (
                    "station",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="provisioning",
                        serialize=False,
                        to="chargers.chargingstation",
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("reading", "Reading its settings"),
                            ("applying", "Setting what differs"),
                            ("done", "As wanted"),
                            ("differs", "Still differs"),
                            ("failed", "Its settings could not be read"),
                        ],
                        max_length=10,
                    ),
                ),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="TemplateVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("entries", models.JSONField(default=list)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="VariableChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("before", models.TextField(null=True)),
                ("after", models.TextField(null=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="VariableMonitor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("monitor_id", models.BigIntegerField()),
                ("component", models.CharField(max_length=50)),
                ("component_instance", models.CharField(blank=True, max_length=50)),
                ("evse_number", models.PositiveIntegerField(default=0)),
                ("connector_number", models.PositiveIntegerField(default=0)),
                ("variable", models.CharField(max_length=50)),
                ("variable_instance", models.CharField(blank=True, max_length=50)),
                ("type", models.CharField(max_length=24)),
                ("value", models.FloatField()),
                (
                    "severity",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Danger"),
                            (1, "Hardware failure"),
                            (2, "System failure"),
                            (3, "Critical"),
                            (4, "Error"),
                            (5, "Alert"),
                            (6, "Warning"),
                            (7, "Notice"),
                            (8, "Informational"),
                            (9, "Debug"),
                        ]
                    ),
                ),
                ("transaction", models.BooleanField(default=False, help_text="Only while a transaction runs.")),
                ("origin", models.CharField(blank=True, max_length=24)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="devicemodelreport",
            name="device_report_once",
        ),
        migrations.AddField(
            model_name="chargingstation",
            name="quirks",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="Habits known of its kind: {name: {value, source}}, from quirk profiles.",
            ),
        ),
        migrations.AddField(
            model_name="devicemodelreport",
            name="base",
            field=models.CharField(blank=True, max_length=24),
        ),
        migrations.AddField(
            model_name="devicemodelreport",
            name="gave_up_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="devicemodelreport",
            name="kind",
            field=models.CharField(
                choices=[("variables", "Variables"), ("monitors", "Monitors")], default="variables", max_length=10
            ),
        ),
        migrations.AddField(
            model_name="devicevariable",
            name="supports_monitoring",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="stationcommand",
            name="items",
            field=models.JSONField(
                blank=True, help_text="What became of each variable or monitor it is about.", null=True
            ),
        ),
        migrations.AddIndex(
            model_name="devicemodelreport",
            index=models.Index(
                condition=models.Q(("completed_at", None), ("gave_up_at", None)),
                fields=["started_at"],
                name="device_report_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="devicemodelreport",
            constraint=models.UniqueConstraint(
                fields=("station", "kind", "request_id"), name="device_report_kind_once"
            ),
        ),
        migrations.AddField(
            model_name="configurationdrift",
            name="station",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="drift", to="chargers.chargingstation"
            ),
        ),
        migrations.AddField(
            model_name="configurationdrift",
            name="variable",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="drift", to="chargers.devicevariable"
            ),
        ),
        migrations.AddField(
            model_name="configurationtemplate",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="configuration_templates",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="configurationdrift",
            name="template",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="drift", to="chargers.configurationtemplate"
            ),
        ),
        migrations.AddField(
            model_name="quirkprofile",
            name="organisation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="quirk_profiles",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="stationalarm",
            name="station",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="alarms", to="chargers.chargingstation"
            ),
        ),
        migrations.AddField(
            model_name="stationoperation",
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
            model_name="stationoperation",
            name="station",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="operations", to="chargers.chargingstation"
            ),
        ),
        migrations.AddField(
            model_name="stationcommand",
            name="operation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="commands",
                to="chargers.stationoperation",
            ),
        ),
        migrations.AddField(
            model_name="stationprovisioning",
            name="applying",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="chargers.stationoperation",
            ),
        ),
        migrations.AddField(
            model_name="stationprovisioning",
            name="reading",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="chargers.stationoperation",
            ),
        ),
        migrations.AddField(
            model_name="templateversion",
            name="made_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="templateversion",
            name="template",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="versions",
                to="chargers.configurationtemplate",
            ),
        ),
        migrations.AddField(
            model_name="variablechange",
            name="variable",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="chargers.devicevariable"
            ),
        ),
        migrations.AddField(
            model_name="variablemonitor",
            name="station",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="monitors", to="chargers.chargingstation"
            ),
        ),
        migrations.AddConstraint(
            model_name="configurationtemplate",
            constraint=models.UniqueConstraint(fields=("organisation", "name"), name="configuration_template_name"),
        ),
        migrations.AddIndex(
            model_name="configurationdrift",
            index=models.Index(fields=["station"], name="drift_station"),
        ),
        migrations.AddConstraint(
            model_name="configurationdrift",
            constraint=models.UniqueConstraint(fields=("variable",), name="drift_once"),
        ),
        migrations.AddConstraint(
            model_name="quirkprofile",
            constraint=models.UniqueConstraint(fields=("organisation", "name"), name="quirk_profile_name"),
        ),
        migrations.AddConstraint(
            model_name="quirkprofile",
            constraint=models.UniqueConstraint(
                condition=models.Q(("organisation", None)), fields=("name",), name="quirk_profile_name_shipped"
            ),
        ),
        migrations.AddIndex(
            model_name="stationalarm",
            index=models.Index(condition=models.Q(("cleared_at", None)), fields=["raised_at"], name="alarm_open"),
        ),
        migrations.AddIndex(
            model_name="stationalarm",
            index=models.Index(fields=["station", "-raised_at"], name="alarm_station"),
        ),
        migrations.AddConstraint(
            model_name="stationalarm",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cleared_at", None)),
                fields=(
                    "station",
                    "component",
                    "component_instance",
                    "evse_number",
                    "connector_number",
                    "variable",
                    "variable_instance",
                ),
                name="alarm_open_once",
            ),
        ),
        migrations.AddIndex(
            model_name="stationoperation",
            index=models.Index(fields=["station", "-created_at"], name="operation_station"),
        ),
        migrations.AddIndex(
            model_name="stationprovisioning",
            index=models.Index(
                condition=models.Q(("ended_at", None)), fields=["began_at"], name="provisioning_running"
            ),
        ),
        migrations.AddConstraint(
            model_name="templateversion",
            constraint=models.UniqueConstraint(fields=("template", "number"), name="template_version_number"),
        ),
        migrations.AddIndex(
            model_name="variablechange",
            index=models.Index(fields=["variable", "-at"], name="variable_change_recent"),
        ),
        migrations.AddConstraint(
            model_name="variablemonitor",
            constraint=models.UniqueConstraint(fields=("station", "monitor_id"), name="monitor_once"),
        ),
        migrations.RunPython(seed_quirk_profiles, migrations.RunPython.noop),
        migrations.RunPython(migrations.RunPython.noop, forget_report_numbers_of_two_kinds),
    ]
