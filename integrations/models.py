"""Integrations: who sends to us, and every payload as it came."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from alerts.models import Alert
from incidents.models import Service
from signals.models import DataSource

PREFIX = "alc_in_"
OVERLAP = timedelta(hours=24)
"""How long a key still works after it was rotated."""
LONGEST_SILENCE = 60 * 24 * 31
"""Minutes."""
USUAL_SILENCE = 10
"""Minutes."""
LARGEST = 512 * 1024
"""Bytes of one payload."""
LARGEST_MAIL = 2 * 1024 * 1024
"""Bytes of one e-mail with all that is attached."""


def hash_key(key: str) -> str:
    """SHA-256 in hex: 128 random bits need no slow hash."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def new_key() -> str:
    """The prefix and 128 random bits in hex."""
    return PREFIX + secrets.token_hex(16)


class Opens(models.TextChoices):
    NOTHING = "nothing", "Record only"
    CRITICAL = "critical", "Create a suspected incident for critical alerts"
    EVERYTHING = "everything", "Create a suspected incident for every alert"


class IntegrationQuerySet(models.QuerySet["Integration"]):
    def of_key(self, key: str, at: datetime | None = None) -> "IntegrationQuerySet":
        """The one that this key opens: its own, or the one before it for a day."""
        hashed, now = hash_key(key), at or timezone.now()
        return self.filter(Q(key_hash=hashed) | Q(previous_hash=hashed, previous_until__gt=now))

    def by_name(self) -> "IntegrationQuerySet":
        return self.select_related("service", "created_by", "account", "silenced_in", "mailbox").order_by(
            "name"
        )


class Integration(models.Model):
    """One sender, with the key that it sends by. Only the hash of the key is stored."""

    kind = models.CharField(max_length=30)  # of integrations.senders
    name = models.CharField(max_length=80, unique=True)
    service = models.ForeignKey(
        Service, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text="What its alerts are about where they name no service",
    )  # fmt: skip
    account = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", help_text="Who it acts as")
    opens = models.CharField(max_length=12, choices=Opens, default=Opens.CRITICAL)
    key_hash = models.CharField(max_length=64, unique=True)
    key_ending = models.CharField(max_length=5)
    key_made_at = models.DateTimeField(default=timezone.now)
    previous_hash = models.CharField(max_length=64, blank=True)
    previous_until = models.DateTimeField(null=True, blank=True)
    expected_every = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_SILENCE)],
        help_text="Of a heartbeat: the minutes after which nothing heard is an alert",
    )
    secret = models.CharField(max_length=200, blank=True, help_text="What its sender signs with")
    silenced_in = models.ForeignKey(
        DataSource, null=True, blank=True, on_delete=models.SET_NULL, related_name="integrations",
        help_text="The Alertmanager that its alerts come from and are silenced in",
    )  # fmt: skip
    quiet_asked_at = models.DateTimeField(
        null=True, blank=True, help_text="When that was asked last which alerts are silenced"
    )
    topic_arn = models.CharField(
        max_length=300, blank=True, help_text="Of Amazon SNS: the topic whose messages are taken"
    )
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    last_received_at = models.DateTimeField(null=True, blank=True)
    mapping = models.JSONField(default=dict, blank=True, help_text="A JMESPath for each field, by its name")

    objects = IntegrationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        indexes = [
            models.Index(
                fields=["previous_hash"], name="integration_previous", condition=~Q(previous_hash="")
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("integration", args=[self.pk])

    @property
    def mailbox_or_none(self) -> "Mailbox | None":
        """Where its messages are fetched from."""
        return getattr(self, "mailbox", None)

    @property
    def checks_signatures(self) -> bool:
        """Whether only what its sender signed is taken."""
        return bool(self.secret or self.topic_arn)

    @property
    def has_previous_key(self) -> bool:
        """Whether the key before the last rotation still works."""
        return self.previous_until is not None and self.previous_until > timezone.now()


class MailSecurity(models.TextChoices):
    TLS = "tls", "TLS"
    STARTTLS = "starttls", "STARTTLS"
    NONE = "none", "None, for a server of your own network"


class Mailbox(models.Model):
    """A folder of an IMAP server whose new messages an integration takes, each once."""

    EVERY = timedelta(minutes=1)
    LONGEST_PAUSE = timedelta(minutes=15)
    MOST_ATTEMPTS = 3
    """At one message."""

    integration = models.OneToOneField(Integration, on_delete=models.CASCADE, related_name="mailbox")
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField(
        default=993, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    security = models.CharField(max_length=10, choices=MailSecurity, default=MailSecurity.TLS)
    user_name = models.CharField(max_length=200)
    password = models.CharField(max_length=500)
    folder = models.CharField(max_length=200, default="INBOX")
    uid_validity = models.BigIntegerField(
        null=True, blank=True, help_text="Within which `last_uid` means something"
    )
    last_uid = models.BigIntegerField(default=0, help_text="Of the last message that was taken")
    tried_uid = models.BigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="At `tried_uid`")
    due_at = models.DateTimeField(default=timezone.now, help_text="When it is read next")
    claim = models.PositiveIntegerField(default=0, help_text="How often it was read: names who reads it now")
    read_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="mailbox_due")]

    def __str__(self) -> str:
        return f"{self.user_name} at {self.host}"


class PayloadState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    PROCESSED = "processed", "Processed"
    FAILED = "failed", "Not understood"
    REJECTED = "rejected", "Rejected"
    PAUSED = "paused", "Paused"


class PayloadQuerySet(models.QuerySet["Payload"]):
    def waiting(self) -> "PayloadQuerySet":
        """For being read: their signatures are checked, or need no check."""
        return self.filter(state=PayloadState.WAITING, check_at=None).order_by("pk")

    def unchecked(self) -> "PayloadQuerySet":
        """Those whose signature a worker must check first."""
        return self.filter(state=PayloadState.WAITING, check_at__isnull=False).order_by("check_at", "pk")

    def readable_by(self, user: User) -> "PayloadQuerySet":
        """Without those that may tell of an alert out of `user`'s reach: it belongs to a private incident by now.

        Which payload told of which alert is not stored. What came while the sender spoke of such an alert may have.
        """
        at = OuterRef("received_at")
        hidden = Alert.objects.hidden_from(user).filter(integration=OuterRef("integration"))
        return self.filter(~Exists(hidden.filter(first_seen_at__lte=at, last_seen_at__gte=at)))


class Payload(models.Model):
    """One request, stored before it was answered."""

    KEPT = timedelta(days=14)
    MOST_ATTEMPTS = 5

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="payloads")
    dialect = models.CharField(max_length=30, help_text="Whose language it speaks")
    headers = models.JSONField(default=dict)
    content_type = models.CharField(max_length=100, blank=True)
    body = models.BinaryField()
    size = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=PayloadState, default=PayloadState.WAITING)
    outcome = models.CharField(max_length=500, blank=True)
    alerts = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    check_at = models.DateTimeField(
        null=True, blank=True, help_text="When its signature is checked next, until it is found right"
    )
    is_test = models.BooleanField(default=False)
    received_at = models.DateTimeField(default=timezone.now)
    processed_at = models.DateTimeField(null=True, blank=True)
    replayed_at = models.DateTimeField(null=True, blank=True)
    replayed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = PayloadQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["id"], name="payload_waiting", condition=Q(state="waiting")),
            models.Index(
                fields=["check_at"],
                name="payload_unchecked",
                condition=Q(state="waiting", check_at__isnull=False),
            ),
            models.Index(fields=["integration", "-id"], name="payload_of_integration"),
            models.Index(fields=["received_at"], name="payload_age"),
            models.Index(fields=["integration", "received_at"], name="payload_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.integration_id} {self.received_at:%Y-%m-%d %H:%M:%S}"

    @property
    def has_body(self) -> bool:
        """Whether it was stored: of a request that was refused at once, only the reason is."""
        return self.state != PayloadState.REJECTED or self.check_at is not None

    @property
    def text(self) -> str:
        return bytes(self.body).decode("utf-8", "replace")
