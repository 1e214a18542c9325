
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('incidents', '0015_shipped_wording'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='savedview',
            name='one_view_of_a_name',
        ),
        migrations.AddField(
            model_name='savedview',
            name='path',
            field=models.CharField(blank=True, help_text='The page; empty for the list of incidents', max_length=200),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(fields=('person', 'path', 'name'), name='one_view_of_a_name'),
        ),
    ]
