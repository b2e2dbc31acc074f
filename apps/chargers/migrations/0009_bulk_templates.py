"""Applying templates to many stations."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chargers", "0008_security")]

    operations = [
        migrations.AlterField(
            model_name="bulkoperation",
            name="kind",
            field=models.CharField(
                choices=[
                    ("reset", "Reset"),
                    ("availability", "Put into or out of service"),
                    ("trigger", "Ask for a message"),
                    ("clear_cache", "Clear the card cache"),
                    ("read_variables", "Read all variables"),
                    ("set_variable", "Set a variable"),
                    ("apply_templates", "Apply the templates"),
                    ("unlock", "Unlock a connector"),
                    ("raw_call", "Raw call"),
                ],
                max_length=20,
            ),
        ),
    ]
