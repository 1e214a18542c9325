from django.db import migrations, models
from django.db.models import Exists, OuterRef, Q


def settle_twins(apps, schema_editor):
    """Where two items were linked with a ticket at the same moment, it stays synced with the first."""
    tickets = apps.get_model("trackers", "Ticket").objects.filter(is_synced=True).exclude(remote_id="")
    first = tickets.filter(tracker=OuterRef("tracker"), remote_id=OuterRef("remote_id"), pk__lt=OuterRef("pk"))
    tickets.filter(Exists(first)).update(is_synced=False)


class Migration(migrations.Migration):

    dependencies = [
        ('trackers', '0002_answers_that_cannot_be_read'),
    ]

    operations = [
        migrations.RunPython(settle_twins, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.UniqueConstraint(condition=Q(('is_synced', True), Q(('remote_id', ''), _negated=True)), fields=('tracker', 'remote_id'), name='each_ticket_synced_once'),
        ),
    ]
