from django.db import migrations, models


def keep_what_was_chosen(apps, schema_editor):
    """Until now those with no component heard of the whole page."""
    apps.get_model("statuspages", "PageSubscriber").objects.filter(components__isnull=False).update(hears_all=False)


class Migration(migrations.Migration):

    dependencies = [
        ('statuspages', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='pagesubscriber',
            name='hears_all',
            field=models.BooleanField(default=True, help_text='Else of its components alone, also when none of them is left'),
        ),
        migrations.RunPython(keep_what_was_chosen, migrations.RunPython.noop),
    ]
