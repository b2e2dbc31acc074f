from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0002_dunning")]

    operations = []
