from django.db import migrations, models

THANKS_BEFORE, THANKS_NOW = "Tell everybody that it is over, and thank them", "Thank everybody who helped"
SEEN = {"Make sure somebody has command": "command", "Publish the first status update": "update"}


def settle_shipped_lines(apps, schema_editor):
    """The lines as shipped; one that an installation has worded itself stays. Final updates say that it is over."""
    template = apps.get_model("incidents", "ChecklistTemplate")
    for model in (template, apps.get_model("incidents", "Task")):
        model.objects.filter(title=THANKS_BEFORE).update(title=THANKS_NOW)
    for title, done_when in SEEN.items():
        template.objects.filter(title=title, kind="task").update(done_when=done_when)


class Migration(migrations.Migration):
    dependencies = [("incidents", "0011_search_inside_words")]
    operations = [
        migrations.AddField(
            model_name="checklisttemplate",
            name="done_when",
            field=models.CharField(
                blank=True,
                choices=[
                    ("command", "Somebody takes command"),
                    ("update", "The first status update is posted"),
                    ("mitigated", "The incident is mitigated"),
                    ("resolved", "The incident is resolved"),
                ],
                help_text="For a task. None means that a person marks it as done.",
                max_length=20,
                verbose_name="done automatically when",
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="done_because",
            field=models.CharField(
                blank=True,
                help_text="What the application saw, where it marked the task itself",
                max_length=200,
            ),
        ),
        migrations.RunPython(settle_shipped_lines, migrations.RunPython.noop, elidable=True),
    ]
