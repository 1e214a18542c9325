"""What must reach whom. Rows are written in the transaction of the change that causes them."""

import uuid
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from notifications.addresses import shown_address
from notifications.kinds import CHANNEL_KINDS, DeliveryKind, kind_of

LEASE = timedelta(seconds=15)  # after a kill somebody else goes on this much later; renewed while a call runs
PATIENCE = 3  # so often is something tried before what comes after it no longer waits
LONGEST_HOLD = timedelta(hours=24)


class OutboxQuerySet(models.QuerySet):
    def pending(self) -> "OutboxQuerySet":
        return self.filter(done_at=None, dead_at=None)

    def due(self) -> "OutboxQuerySet":
        """What has happened and nobody was told of, by the database's clock; of one subject in its order."""
        earlier = OutboxMessage.objects.pending().filter(
            Q(due_at__lt=models.OuterRef("due_at"))
            | Q(due_at=models.OuterRef("due_at"), created_at__lt=models.OuterRef("created_at")),
            subject=models.OuterRef("subject"),
            attempts=0,  # one that failed holds up nothing behind it
        )
        return self.pending().filter(~models.Exists(earlier), due_at__lte=Now(), try_at__lte=Now())

    def dead(self) -> "OutboxQuerySet":
        return self.exclude(dead_at=None).order_by("dead_at")


class OutboxMessage(models.Model):
    """One thing that happened and that people outside the request must hear; its id never changes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    topic = models.CharField(max_length=64)
    subject = models.CharField(max_length=64, help_text="What it is about, e.g. incident:42")
    payload = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    due_at = models.DateTimeField(help_text="When it may be told")
    try_at = models.DateTimeField(default=timezone.now, help_text="Later than due after a failure")
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    dead_at = models.DateTimeField(null=True, blank=True, help_text="Given up: somebody has to look")
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-due_at", "-id"], name="outbox_newest"),
            models.Index(fields=["due_at"], name="outbox_pending", condition=Q(done_at=None, dead_at=None)),
            models.Index(
                fields=["subject", "due_at"],
                name="outbox_pending_by_subject",
                condition=Q(done_at=None, dead_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.subject}"

    @property
    def is_replayed(self) -> bool:
        """From a recorded day: pages may show it, nobody is told."""
        return self.payload.get("source") == "replay"


class ChannelQuerySet(models.QuerySet):
    def active(self) -> "ChannelQuerySet":
        return self.filter(is_active=True)

    def listed(self) -> "ChannelQuerySet":
        """Those the organisation set up itself; a reader's webhook on a status page is managed by its reader."""
        return self.filter(is_listed=True)

    def with_news(self) -> "ChannelQuerySet":
        """With what a card says: how many wait and were given up, and how the newest attempt went."""
        own = Delivery.objects.filter(channel=models.OuterRef("pk"))
        last = own.exclude(answered_at=None).order_by("-answered_at")
        count = models.Count("pk")
        per_channel = own.order_by().values("channel")
        return self.annotate(
            waiting_count=Coalesce(
                models.Subquery(per_channel.filter(state="waiting").annotate(n=count).values("n")), 0
            ),
            dead_count=Coalesce(
                models.Subquery(per_channel.filter(state="dead").annotate(n=count).values("n")), 0
            ),
            last_state=models.Subquery(last.values("state")[:1]),
            last_answer=models.Subquery(last.values("answer")[:1]),
            last_answered_at=models.Subquery(last.values("answered_at")[:1]),
        )


class BodyFormat(models.TextChoices):
    STANDARD = "standard", "Standard Webhooks"
    CLOUDEVENTS = "cloudevents", "CloudEvents 1.0, structured"


class Channel(models.Model):
    """A place outside that receives events of incidents: a signed webhook, or a chat or push service."""

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=10, choices=CHANNEL_KINDS)
    url = models.CharField("address", max_length=1000, help_text="A webhook's address, or an Apprise address")
    secret = models.CharField(max_length=200, blank=True, help_text="Signs what a webhook gets")
    previous_secret = models.CharField(max_length=200, blank=True)
    previous_secret_until = models.DateTimeField(null=True, blank=True)
    events = ArrayField(
        models.CharField(max_length=64),
        default=list,
        blank=True,
        help_text="Names of the catalogue that a webhook gets as they happen, beside what it is subscribed to",
    )
    services = ArrayField(
        models.CharField(max_length=100),
        default=list,
        blank=True,
        help_text="Slugs of services. If there are any, only incidents that affect one of them",
    )
    body_format = models.CharField(
        "format", max_length=12, choices=BodyFormat, default="standard", help_text="What a webhook's body is"
    )
    is_active = models.BooleanField("in use", default=True)
    is_listed = models.BooleanField(default=True, editable=False)
    paused_because = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def service_name(self) -> str:
        """“Webhook”, or the chat service by its name."""
        known = kind_of(self.kind, self.url)
        return known.name if known else self.get_kind_display()

    @property
    def shown_address(self) -> str:
        """As much of the address as holds no secret: a webhook's path and a service's whole address may be one."""
        return (
            f"{urlsplit(self.url).scheme}://…" if self.kind == DeliveryKind.CHAT else shown_address(self.url)
        )

    @property
    def secrets(self) -> list[str]:
        """What signs now: after a rotation the previous one too, for as long as receivers may still know only that."""
        if (
            self.previous_secret
            and self.previous_secret_until
            and self.previous_secret_until > timezone.now()
        ):
            return [self.secret, self.previous_secret]
        return [self.secret]


SAVED = "Saved to a file, as no mail server is set up"


class DeliveryState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    DELIVERED = "delivered", "Delivered"
    WITHDRAWN = "withdrawn", "Withdrawn"
    DEAD = "dead", "Given up"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def waiting(self) -> "DeliveryQuerySet":
        return self.filter(state=DeliveryState.WAITING)

    def dead(self) -> "DeliveryQuerySet":
        return self.filter(state=DeliveryState.DEAD)

    def due(self) -> "DeliveryQuerySet":
        """Time has come and nobody holds it. By the database's clock: workers' clocks may disagree.

        A lease longer than any lease is given was written before that clock was set back; it counts as run out.
        """
        free = Q(lease_until=None) | Q(lease_until__lt=Now()) | Q(lease_until__gt=Now() + LEASE)
        open_channel = Q(channel=None) | Q(channel__is_active=True)
        return self.waiting().filter(free, open_channel, try_at__lte=Now())

    def next_at(self) -> datetime | None:
        """When the next one that waits may be sent; in the past where one is due."""
        open_channel = Q(channel=None) | Q(channel__is_active=True)
        return self.waiting().filter(open_channel).aggregate(at=models.Min("try_at"))["at"]

    def in_turn(self) -> "DeliveryQuerySet":
        """One recipient gets the messages about one subject in their order; what failed a few times holds up nothing any more."""
        earlier = Delivery.objects.waiting().filter(
            Q(due_at__lt=models.OuterRef("due_at"))
            | Q(due_at=models.OuterRef("due_at"), created_at__lt=models.OuterRef("created_at")),
            lane=models.OuterRef("lane"),
            attempts__lt=PATIENCE,
        )
        return self.filter(Q(lane="") | ~models.Exists(earlier))

    def of_channel(self, channel: Channel) -> "DeliveryQuerySet":
        return self.filter(channel=channel).order_by("-created_at")

    def needing_a_look(self) -> "DeliveryQuerySet":
        return self.filter(state__in=[DeliveryState.DEAD, DeliveryState.WAITING]).select_related("channel")

    def overdue(self) -> "DeliveryQuerySet":
        """What should have left by now and did not; what is paused waits because somebody said so."""
        running = Q(channel=None) | Q(channel__is_active=True)
        return self.waiting().filter(running, due_at__lte=Now())


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

    destination = models.CharField(
        max_length=300, blank=True, help_text="Whose trouble is whose: server, origin"
    )
    lane = models.CharField(max_length=64, blank=True, help_text="What stays in order; empty: nothing")
    try_at = models.DateTimeField(default=timezone.now, help_text="Later than due after a failure")
    attempts = models.PositiveSmallIntegerField(default=0)
    token = models.PositiveIntegerField(default=0, help_text="Who holds the newest one may say how it went")
    lease_until = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=200, blank=True, help_text="What the last attempt was answered")
    answered_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()
    is_hidden = False  # set by a page for whom it may not tell what this says

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(
                fields=["destination", "try_at"], name="delivery_waiting", condition=Q(state="waiting")
            ),
            models.Index(fields=["lane", "due_at"], name="delivery_lane", condition=Q(state="waiting")),
            models.Index(fields=["state", "due_at"], name="delivery_by_state"),
            models.Index(fields=["channel", "-created_at"], name="delivery_of_channel"),
            models.Index(
                fields=["channel", "-answered_at"],
                name="delivery_answered",
                condition=Q(channel__isnull=False, answered_at__isnull=False),
            ),
            models.Index(fields=["-created_at"], name="delivery_by_mail", condition=Q(kind="mail")),
            models.Index(
                fields=["-answered_at"],
                name="delivery_by_mail_answered",
                condition=Q(kind="mail", answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.about}"

    @property
    def is_saved_only(self) -> bool:
        """An e-mail that went to a file, as there was no server to send it."""
        return self.answer == SAVED

    @property
    def is_secret(self) -> bool:
        return bool(self.content.get("secret"))

    @property
    def is_erased(self) -> bool:
        return bool(self.content.get("erased"))

    def erase(self) -> None:
        """Forget what only its reader may know."""
        self.content = {"subject": self.content.get("subject", ""), "secret": True, "erased": True}

    @property
    def recipient(self) -> str:
        """Whom it goes to, as a page may show it."""
        if self.channel:
            return self.channel.name
        return "somebody" if self.is_hidden else self.address

    @property
    def headline(self) -> str:
        if self.is_hidden:
            return "A private message"
        content = self.content
        return content.get("subject") or content.get("title") or content.get("type") or self.about


class DestinationQuerySet(models.QuerySet):
    def in_trouble(self) -> "DestinationQuerySet":
        return self.filter(failures__gt=0).order_by("key")


class Destination(models.Model):
    """How a server or service has been answering: the circuit breaker all workers share."""

    key = models.CharField(max_length=300, primary_key=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="In a row")
    held_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)

    objects = DestinationQuerySet.as_manager()

    def __str__(self) -> str:
        return self.key

    @property
    def told(self) -> str:
        """As a page names it; a chat is known by its channel's number only."""
        return {"mail": "E-mail"}.get(self.key, self.key.replace("chat:", "Chat channel "))


class Heartbeat(models.Model):
    """When a background process last did work; the health page reads it."""

    name = models.CharField(max_length=32, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%H:%M:%S}"
