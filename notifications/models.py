"""What must reach whom. Rows are written in the transaction of the change that causes them."""

import uuid

from django.conf import settings
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


class ChannelKind(models.TextChoices):
    WEBHOOK = "webhook", "Webhook"
    CHAT = "chat", "Chat or push service"


class Channel(models.Model):
    """A place outside that hears of incidents: a signed webhook, or a chat or push service."""

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=10, choices=ChannelKind)
    url = models.CharField("address", max_length=1000, help_text="A webhook's address, or an Apprise address")
    secret = models.CharField(max_length=200, blank=True, help_text="Signs what a webhook gets")
    is_active = models.BooleanField("in use", default=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class DeliveryKind(models.TextChoices):
    MAIL = "mail", "E-mail"
    WEBHOOK = "webhook", "Webhook"
    CHAT = "chat", "Chat or push service"


class DeliveryState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    DELIVERED = "delivered", "Delivered"
    WITHDRAWN = "withdrawn", "Withdrawn"
    DEAD = "dead", "Given up"


class Delivery(models.Model):
    """One message on its way to one address; its id never changes and travels with every attempt."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(
        max_length=250, unique=True, help_text="One key is delivered once, whoever asks again"
    )
    message = models.ForeignKey(
        OutboxMessage, null=True, blank=True, on_delete=models.CASCADE, related_name="deliveries"
    )
    kind = models.CharField(max_length=10, choices=DeliveryKind)
    channel = models.ForeignKey(
        Channel, null=True, blank=True, on_delete=models.CASCADE, related_name="deliveries"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    address = models.CharField(
        max_length=1000, blank=True, help_text="Mail address or URL, where no channel names it"
    )
    about = models.CharField(max_length=64, blank=True, db_index=True, help_text="e.g. incident:42")
    group = models.CharField(max_length=80, blank=True, db_index=True, help_text="What is withdrawn together")
    content = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    due_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.about}"


class Heartbeat(models.Model):
    """When a background process last did work; the health page reads it."""

    name = models.CharField(max_length=32, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%H:%M:%S}"
