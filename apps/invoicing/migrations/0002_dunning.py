from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0001_billing")]

    operations = []
