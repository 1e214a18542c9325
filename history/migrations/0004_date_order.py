from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("history", "0003_exports")]

    operations = [
        migrations.AddField(
            model_name="import",
            name="date_order",
            field=models.CharField(
                blank=True,
                choices=[
                    ("dmy", "Day/month/year"),
                    ("mdy", "Month/day/year"),
                    ("ymd", "Year/month/day"),
                ],
                default="",
                help_text="Of dates such as 03/04/2024",
                max_length=3,
                verbose_name="date format",
            ),
            preserve_default=False,
        ),
    ]
