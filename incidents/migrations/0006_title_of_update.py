from django.db import migrations, models


def keep_what_pages_say(apps, schema_editor):
    """Every update for the public keeps the name its incident has on pages now."""
    told = apps.get_model("incidents", "StatusUpdate").objects.filter(audiences__contains=["public"])
    incident = apps.get_model("incidents", "Incident").objects.filter(pk=models.OuterRef("incident"))
    told.update(public_title=models.Subquery(incident.values("public_title")))


class Migration(migrations.Migration):

    dependencies = [
        ('incidents', '0005_reminders'),
    ]

    operations = [
        migrations.AddField(
            model_name='statusupdate',
            name='public_title',
            field=models.CharField(blank=True, help_text='What public pages call the incident from this update on', max_length=120),
        ),
        migrations.RunPython(keep_what_pages_say, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='incident',
            name='public_title',
        ),
    ]
