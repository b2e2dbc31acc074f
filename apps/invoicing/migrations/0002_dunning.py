import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("drivers", "0003_billing_accounts"),
        ("invoicing", "0001_billing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountCharge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=80)),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=8)),
                ("text", models.CharField(max_length=200)),
                ("charged_on", models.DateField()),
                ("waived_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="DummyPayment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(max_length=40, unique=True)),
                ("key", models.CharField(max_length=80, unique=True)),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("description", models.CharField(blank=True, max_length=200)),
                ("return_url", models.CharField(blank=True, max_length=500)),
                ("captures_at_once", models.BooleanField()),
                ("saves_method", models.BooleanField(default=False)),
                ("method_ref", models.CharField(blank=True, max_length=120)),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("created", "created"),
                            ("pending", "pending"),
                            ("failed", "failed"),
                            ("authorised", "authorised"),
                            ("released", "released"),
                            ("captured", "captured"),
                            ("returned", "returned"),
                        ],
                        max_length=10,
                    ),
                ),
                ("authorised", models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ("captured", models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ("refunded", models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ("failure_code", models.CharField(blank=True, max_length=40)),
                ("failure", models.CharField(blank=True, max_length=200)),
                ("done", models.JSONField(default=list)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="DummyWebhook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("body", models.TextField()),
                ("due_at", models.DateTimeField()),
                ("left", models.PositiveSmallIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name="DunningPause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=200)),
                ("until_date", models.DateField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.PositiveSmallIntegerField()),
                ("reminded_on", models.DateField(help_text="On the issuer's clock.")),
                ("open_amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("fee", models.DecimalField(decimal_places=2, default=0, max_digits=8)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "To be sent"),
                            ("sending", "Being sent"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                            ("letter", "By letter"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("explanation", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("sent_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AlterField(
            model_name="invoice",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("issued", "Open"),
                    ("paid", "Paid"),
                    ("settled", "Settled by credit"),
                    ("lost", "Written off"),
                    ("discarded", "Discarded"),
                ],
                default="draft",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="paymentevent",
            index=models.Index(
                condition=models.Q(("outcome", "waiting")), fields=["received_at"], name="payment_event_waiting"
            ),
        ),
        migrations.AddField(
            model_name="accountcharge",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="charges", to="drivers.billingaccount"
            ),
        ),
        migrations.AddField(
            model_name="accountcharge",
            name="invoice",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="charges", to="invoicing.invoice"
            ),
        ),
        migrations.AddField(
            model_name="accountcharge",
            name="issuer",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="invoicing.issuer"
            ),
        ),
        migrations.AddIndex(
            model_name="dummywebhook",
            index=models.Index(condition=models.Q(("left__gt", 0)), fields=["due_at"], name="dummy_webhook_due"),
        ),
        migrations.AddField(
            model_name="dunningpause",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="dunning_pauses", to="drivers.billingaccount"
            ),
        ),
        migrations.AddField(
            model_name="dunningpause",
            name="created_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="dunningpause",
            name="invoice",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="dunning_pauses",
                to="invoicing.invoice",
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="invoice",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reminders",
                to="invoicing.invoice",
            ),
        ),
        migrations.AddConstraint(
            model_name="accountcharge",
            constraint=models.UniqueConstraint(fields=("issuer", "key"), name="account_charge_once"),
        ),
        migrations.AddConstraint(
            model_name="accountcharge",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="account_charge_positive"),
        ),
        migrations.AddConstraint(
            model_name="dunningpause",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("invoice",), name="dunning_pause_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="dunningpause",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None), ("invoice", None)),
                fields=("account",),
                name="dunning_pause_one_of_account",
            ),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["created_at"], name="reminder_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(fields=("invoice", "level"), name="reminder_once_per_level"),
        ),
    ]
