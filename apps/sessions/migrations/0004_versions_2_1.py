from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("charging_sessions", "0003_station_costs")]

    operations = [
        migrations.AlterField(
            model_name="chargingsession",
            name="protocol",
            field=models.CharField(
                choices=[("ocpp1.6", "OCPP 1.6"), ("ocpp2.0.1", "OCPP 2.0.1"), ("ocpp2.1", "OCPP 2.1")], max_length=10
            ),
        ),
        migrations.AddField(
            model_name="chargingsession",
            name="details",
            field=models.JSONField(default=dict, help_text="{name: [seqNo, value]}: what only 2.1 tells, as last told"),
        ),
    ]
