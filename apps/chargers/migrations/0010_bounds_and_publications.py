"""Authorities that are trusted no more, and publications of files that lie elsewhere."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chargers", "0009_bulk_templates")]

    operations = [
        migrations.AddField(
            model_name="authoritykey",
            name="distrusted_at",
            field=models.DateTimeField(blank=True, help_text="What it signed opens no door since.", null=True),
        ),
        migrations.AddField(
            model_name="firmwarepublication",
            name="location",
            field=models.CharField(blank=True, help_text="Where the file lies, if not with us.", max_length=512),
        ),
        migrations.AlterField(
            model_name="firmwarepublication",
            name="firmware",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.deletion.PROTECT,
                related_name="publications",
                to="chargers.firmware",
            ),
        ),
    ]
