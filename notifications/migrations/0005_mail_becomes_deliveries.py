from uuid import uuid4

from django.db import migrations
from django.utils import timezone


def move_mail(apps, schema_editor):
    """Unsent mail becomes deliveries. What happened before anybody could subscribe is told to nobody."""
    OutboxMessage = apps.get_model("notifications", "OutboxMessage")
    Delivery = apps.get_model("notifications", "Delivery")
    unsent = OutboxMessage.objects.filter(topic="mail", done_at=None)
    for message in unsent.iterator():
        if "text" in message.payload:
            Delivery.objects.create(
                id=uuid4(),
                key=f"mail:{message.pk}",
                kind="mail",
                address=message.payload["to"],
                about=message.subject,
                content={
                    "subject": message.payload["subject"],
                    "text": message.payload["text"],
                    "secret": True,
                },
                destination="mail",
                due_at=message.created_at,
                created_at=message.created_at,
                answer=message.last_error,
            )
    OutboxMessage.objects.filter(topic="mail").delete()
    OutboxMessage.objects.filter(done_at=None).update(done_at=timezone.now())


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0004_engine'),
    ]

    operations = [
        migrations.RunPython(move_mail, migrations.RunPython.noop),
    ]
