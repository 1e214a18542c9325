from django.db import migrations

BEFORE, NOW = "Was data lost or changed wrongly?", "Was any data lost or corrupted?"


def rename(apps, schema_editor):
    """The question as shipped; one that an installation has worded itself stays."""
    for model in ("ChecklistTemplate", "RecoveryCheck"):
        apps.get_model("incidents", model).objects.filter(title=BEFORE).update(title=NOW)


class Migration(migrations.Migration):
    dependencies = [("incidents", "0009_participation_reach")]
    operations = [migrations.RunPython(rename, migrations.RunPython.noop, elidable=True)]
