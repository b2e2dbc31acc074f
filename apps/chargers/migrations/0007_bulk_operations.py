import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chargers", "0006_versions_2_1"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BulkOperation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("reset", "Reset"),
                            ("availability", "Put into or out of service"),
                            ("trigger", "Ask for a message"),
                            ("clear_cache", "Clear the card cache"),
                            ("read_variables", "Read all variables"),
                            ("set_variable", "Set a variable"),
                            ("unlock", "Unlock a connector"),
                            ("raw_call", "Raw call"),
                        ],
                        max_length=20,
                    ),
                ),
                ("arguments", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "Running"), ("done", "Finished"), ("cancelled", "Cancelled")],
                        default="running",
                        max_length=10,
                    ),
                ),
                ("skips_offline", models.BooleanField(default=False)),
                (
                    "origin",
                    models.CharField(
                        choices=[("portal", "Portal"), ("api", "API"), ("automation", "Automation")],
                        default="portal",
                        max_length=12,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("deadline_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bulk_operations",
                        to="accounts.organisation",
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
            ],
        ),
        migrations.CreateModel(
            name="BulkItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("asked", "Asked"),
                            ("done", "Done"),
                            ("refused", "Refused"),
                            ("failed", "Failed"),
                            ("skipped", "Left out"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("explanation", models.CharField(blank=True, help_text="Where no command says it.", max_length=300)),
                ("attempts", models.PositiveIntegerField(default=0)),
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
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bulk_items",
                        to="chargers.chargingstation",
                    ),
                ),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="chargers.bulkoperation"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="bulkoperation",
            index=models.Index(fields=["organisation", "-created_at"], name="bulk_recent"),
        ),
        migrations.AddIndex(
            model_name="bulkoperation",
            index=models.Index(condition=models.Q(("state", "running")), fields=["id"], name="bulk_running"),
        ),
        migrations.AddIndex(
            model_name="bulkitem",
            index=models.Index(fields=["operation", "state"], name="bulk_item_state"),
        ),
        migrations.AddConstraint(
            model_name="bulkitem",
            constraint=models.UniqueConstraint(fields=("operation", "station"), name="bulk_item_once"),
        ),
    ]
