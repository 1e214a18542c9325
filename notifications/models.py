"""What must reach whom. Rows are written in the transaction of the change that causes them."""

import uuid

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone


class OutboxQuerySet(models.QuerySet):
    def due_mail(self) -> "OutboxQuerySet":
        """Mail nobody has sent yet, oldest first; rows another worker holds are passed over."""
        waiting = self.filter(topic="mail", sent_at__isnull=True, due_at__lte=timezone.now())
        return waiting.select_for_update(skip_locked=True).order_by("due_at", "created_at")


class OutboxMessage(models.Model):
    """One thing that happened and that people outside the request must hear; its id never changes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    topic = models.CharField(max_length=64)
    subject = models.CharField(max_length=64, help_text="What it is about, e.g. incident:42")
    payload = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="outbox_by_due_time")]

    def __str__(self) -> str:
        return f"{self.topic} {self.subject}"


class Heartbeat(models.Model):
    """When a background process last did work; the health page reads it."""

    name = models.CharField(max_length=32, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%H:%M:%S}"
