
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('subscribers', '0006_action_items_app'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='reportwish',
            name='report_wished_once',
        ),
        migrations.AddField(
            model_name='reportwish',
            name='kind',
            field=models.CharField(choices=[('report', 'Report'), ('pack', 'Board pack')], default='report', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='reportwish',
            constraint=models.UniqueConstraint(fields=('person', 'kind', 'every', 'query'), name='report_wished_once'),
        ),
    ]
