from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("accounts", "0002_duty")]

    operations = [
        migrations.AddField(
            model_name="installation",
            name="checklist_hidden",
            field=models.BooleanField(default=False, help_text="Home no longer shows the set-up steps"),
        ),
    ]
