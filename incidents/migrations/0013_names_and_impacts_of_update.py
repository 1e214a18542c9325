from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0012_done_automatically")]
    operations = [
        migrations.AddField(
            "statusupdate",
            "names_by_page",
            models.JSONField(
                blank=True,
                default=dict,
                editable=False,
                help_text="What {{ components }} stands for on each public page, by its id; only where pages differ",
            ),
        ),
        migrations.AddField(
            "statusupdate",
            "impacts_set",
            models.JSONField(
                blank=True,
                default=dict,
                editable=False,
                help_text="Posted with it: {service: [state before, state set]}",
            ),
        ),
    ]
