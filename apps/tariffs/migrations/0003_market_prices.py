import django.db.models.deletion
from django.db import migrations, models

from apps.core.db.guards import RefuseChanges, changed


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("tariffs", "0002_evse_prices_and_plans"),
    ]

    operations = [
        migrations.CreateModel(
            name="MarketPrice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("series", models.CharField(help_text="Such as DE-LU, the bidding zone.", max_length=40)),
                ("currency", models.CharField(max_length=3)),
                ("start_at", models.DateTimeField()),
                ("end_at", models.DateTimeField()),
                ("price", models.DecimalField(decimal_places=6, max_digits=12)),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="market_prices",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "series", "currency", "start_at"), name="market_price_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end_at__gt", models.F("start_at"))), name="market_price_forward"
                    ),
                ],
            },
        ),
        RefuseChanges(
            "marketprice", name="market_price_stays", on=["UPDATE"], message="A known market price is never changed."
        ),
        RefuseChanges(
            "tariffversion",
            name="tariff_version_stays",
            on=["UPDATE"],
            when=changed("tariff_id", "number", "valid_from", "content"),
            message="A version of a tariff is never changed: add another one.",
        ),
    ]
