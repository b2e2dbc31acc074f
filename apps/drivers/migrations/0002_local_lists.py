import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("chargers", "0001_initial"),
        ("drivers", "0001_initial"),
        ("sites", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CustomerInformation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("request_id", models.BigIntegerField()),
                ("requested_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("report", models.BooleanField(default=False)),
                ("clear", models.BooleanField(default=False)),
                ("id_token", models.CharField(blank=True, max_length=255)),
                ("id_token_type", models.CharField(blank=True, max_length=20)),
                ("customer_identifier", models.CharField(blank=True, max_length=64)),
                ("certificate_hash", models.JSONField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked"),
                            ("accepted", "Answer is coming"),
                            ("done", "Done"),
                            ("refused", "Refused"),
                            ("failed", "Failed"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("status_word", models.CharField(blank=True, max_length=60, verbose_name="the charger’s word")),
                ("parts", models.JSONField(default=dict)),
                ("last_seq_no", models.PositiveIntegerField(null=True)),
                ("text", models.TextField(blank=True)),
                ("completed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="LocalList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("keep", models.BooleanField(help_text="Empty: as the site says.", null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("by_hand", "Not kept"),
                            ("out_of_step", "Out of step"),
                            ("sending", "Sending"),
                            ("in_step", "In step"),
                            ("conflict", "Another version"),
                            ("not_supported", "Not supported"),
                        ],
                        default="by_hand",
                        max_length=14,
                    ),
                ),
                ("version", models.IntegerField(null=True)),
                ("sending_version", models.IntegerField(null=True)),
                ("must_be_full", models.BooleanField(default=False)),
                ("must_be_read", models.BooleanField(default=False)),
                ("is_asked", models.BooleanField(default=False)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("problem", models.CharField(blank=True, help_text="One sentence for people.", max_length=200)),
                ("due_at", models.DateTimeField(null=True)),
                ("held_count", models.PositiveIntegerField(default=0)),
                ("wanted_count", models.PositiveIntegerField(default=0)),
                (
                    "left_out_count",
                    models.PositiveIntegerField(default=0, help_text="Cards for which the station has no room."),
                ),
                ("digest", models.CharField(blank=True, help_text="SHA-256 of what it holds.", max_length=64)),
                ("changed_at", models.DateTimeField(help_text="When what it holds changed last.", null=True)),
                ("read_at", models.DateTimeField(help_text="When the station told its version last.", null=True)),
            ],
        ),
        migrations.CreateModel(
            name="LocalListEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.CharField(max_length=255)),
                ("key", models.CharField(max_length=255)),
                ("type", models.CharField(blank=True, max_length=20)),
                ("status", models.CharField(blank=True, help_text="What the station is to say of it.", max_length=20)),
                ("rank", models.PositiveIntegerField(default=0, help_text="The most useful ones first.")),
                ("wanted", models.CharField(blank=True, max_length=500)),
                ("held", models.CharField(blank=True, max_length=500)),
                ("is_forgotten", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="SiteLocalLists",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("keep", models.BooleanField(default=False)),
            ],
        ),
        migrations.AddField(
            model_name="accessrule",
            name="current",
            field=models.CharField(
                blank=True,
                choices=[("", "Any"), ("ac", "Alternating current"), ("dc", "Direct current")],
                default="",
                help_text="Admits at such EVSEs only.",
                max_length=2,
            ),
        ),
        migrations.AddField(
            model_name="driver",
            name="energy_limit_wh",
            field=models.PositiveBigIntegerField(
                blank=True, help_text="Per period; empty: no limit.", null=True, verbose_name="energy limit (Wh)"
            ),
        ),
        migrations.AddField(
            model_name="driver",
            name="energy_period",
            field=models.CharField(
                choices=[("day", "a day"), ("week", "a week"), ("month", "a month")], default="month", max_length=5
            ),
        ),
        migrations.AddField(
            model_name="driver",
            name="language",
            field=models.CharField(
                blank=True, help_text="In which a station speaks to the driver: de, fr-CH.", max_length=8
            ),
        ),
        migrations.AddField(
            model_name="driver",
            name="max_sessions",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Of all cards of the driver together; empty: no limit.",
                null=True,
                verbose_name="sessions at once",
            ),
        ),
        migrations.AddField(
            model_name="drivergroup",
            name="charging_priority",
            field=models.SmallIntegerField(
                default=0, help_text="−9 to 9, told to 2.x stations: who is served first where power is short."
            ),
        ),
        migrations.AddField(
            model_name="idtoken",
            name="personal_message",
            field=models.CharField(
                blank=True, help_text="Shown by 2.x stations to whoever presents the card.", max_length=200
            ),
        ),
        migrations.AddConstraint(
            model_name="driver",
            constraint=models.CheckConstraint(
                condition=models.Q(("max_sessions", None), ("max_sessions__gte", 1), _connector="OR"),
                name="driver_sessions_from_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="drivergroup",
            constraint=models.CheckConstraint(
                condition=models.Q(("charging_priority__range", (-9, 9))), name="driver_group_priority_in_range"
            ),
        ),
        migrations.AddField(
            model_name="customerinformation",
            name="command",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="chargers.stationcommand"
            ),
        ),
        migrations.AddField(
            model_name="customerinformation",
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
            model_name="customerinformation",
            name="station",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="customer_information",
                to="chargers.chargingstation",
            ),
        ),
        migrations.AddField(
            model_name="locallist",
            name="command",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="chargers.stationcommand"
            ),
        ),
        migrations.AddField(
            model_name="locallist",
            name="station",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="local_list", to="chargers.chargingstation"
            ),
        ),
        migrations.AddField(
            model_name="locallistentry",
            name="id_token",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="drivers.idtoken"
            ),
        ),
        migrations.AddField(
            model_name="locallistentry",
            name="local_list",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="entries",
                to="drivers.locallist",
            ),
        ),
        migrations.AddField(
            model_name="sitelocallists",
            name="site",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="local_lists", to="sites.site"
            ),
        ),
        migrations.AddIndex(
            model_name="customerinformation",
            index=models.Index(fields=["requested_at"], name="customer_information_age"),
        ),
        migrations.AddConstraint(
            model_name="customerinformation",
            constraint=models.UniqueConstraint(fields=("station", "request_id"), name="customer_information_once"),
        ),
        migrations.AddIndex(
            model_name="locallist",
            index=models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="local_list_due"),
        ),
        migrations.AddConstraint(
            model_name="locallistentry",
            constraint=models.UniqueConstraint(fields=("local_list", "key", "type"), name="local_list_entry_once"),
        ),
    ]
