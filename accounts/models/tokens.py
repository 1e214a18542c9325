"""API tokens: who acts by one, what it may do, and how long."""

import hashlib
import math
import secrets
from datetime import datetime, timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models.people import User, UserQuerySet
from core.text import in_words

PREFIX = "alc_"
LONGEST = timedelta(days=365)
"""How long a person's token may live; a service account's may live without an end."""
USUAL = timedelta(days=90)
WARNED = timedelta(days=7)
"""How long before the end its owner is warned by mail."""
DAY = timedelta(days=1)
OVERLAP = timedelta(hours=24)
"""How long a token still works after it was rotated, unless it is revoked at once."""
SUBJECTS = {
    "incidents": "Incidents",
    "retrospectives": "Retrospectives",
    "action_items": "Action items",
    "status_pages": "Status pages",
    "catalogue": "Catalogue",
    "alerts": "Alerts and changes",
    "insights": "Insights",
    "people": "People and teams",
}
SCOPES = (*(f"{subject}:{way}" for subject in SUBJECTS for way in ("read", "write")), "admin")
"""`subject:write` covers `subject:read`; `admin` is for what only administrators may do."""


def hash_api_token(token: str) -> str:
    """SHA-256 in hex: 128 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_api_token() -> str:
    """The prefix and 128 random bits in hex."""
    return PREFIX + secrets.token_hex(16)


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def working(self, at: datetime | None = None) -> "ApiTokenQuerySet":
        """Those that open something now: not revoked, not expired, of an active account."""
        return self.lasting(at).filter(owner__is_active=True)

    def listed(self) -> "ApiTokenQuerySet":
        """In use first, then the newest; with whose it is."""
        return self.select_related("owner", "created_by").order_by(
            models.F("revoked_at").asc(nulls_first=True), "-created_at", "-pk"
        )

    def lasting(self, at: datetime | None = None) -> "ApiTokenQuerySet":
        """Those that are neither revoked nor expired, whether or not their account is active."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=at or timezone.now()), revoked_at=None)

    def ended(self) -> "ApiTokenQuerySet":
        """Revoked or expired, the last first; with whose it was."""
        over = Q(revoked_at__isnull=False) | Q(expires_at__lte=timezone.now())
        when = Coalesce("revoked_at", "expires_at").desc()
        return self.filter(over).select_related("owner").order_by(when, "-pk")

    def within_reach_of(self, person: User) -> "ApiTokenQuerySet":
        """One's own; for administrators also those of service accounts."""
        own = Q(owner=person)
        return self.filter(own | Q(owner__is_service=True) if person.is_administrator else own)

    def to_warn_of(self) -> "ApiTokenQuerySet":
        """Those that end soon and whose owner was not told."""
        now = timezone.now()
        return self.working().filter(expires_at__lte=now + WARNED, warned_at=None)


class ApiToken(models.Model):
    """Acts for its owner, within its scopes. Only the hash of it is stored."""

    name = models.CharField(max_length=80, help_text="Where it is used, such as “deploy pipeline”")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    token_hash = models.CharField(max_length=64, unique=True)
    ending = models.CharField(max_length=4, help_text="The last characters, to tell tokens apart")
    scopes = ArrayField(models.CharField(max_length=30))
    reaches_private = models.BooleanField(
        default=False, help_text="Reaches the private incidents that its owner reaches"
    )
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    last_used_from = models.CharField(max_length=64, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    replaced_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was rotated: another token took its place"
    )

    objects = ApiTokenQuerySet.as_manager()
    USE_NOTED_EVERY: ClassVar[timedelta] = timedelta(minutes=1)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["expires_at"], name="api_token_expiry", condition=Q(revoked_at=None))]

    def __str__(self) -> str:
        return self.name

    @property
    def shown(self) -> str:
        """What stands for the token on a page."""
        return f"{PREFIX}…{self.ending}"

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def shown_scopes(self) -> list[str]:
        """Without `subject:read` where there is `subject:write`, which covers it."""
        return [
            scope for scope in self.scopes if scope.replace(":read", ":write") not in {*self.scopes} - {scope}
        ]

    @property
    def lifetime(self) -> timedelta | None:
        """How long it was made for; None without an end."""
        return self.expires_at - self.created_at if self.expires_at else None

    @property
    def left(self) -> str:
        """How long it still works, in words: in days until the last two."""
        span = (self.expires_at or timezone.now()) - timezone.now()
        return f"{math.ceil(span / DAY)} days" if span > 2 * DAY else in_words(max(span, timedelta()))

    @property
    def is_working(self) -> bool:
        return self.revoked_at is None and not self.is_expired and self.owner.is_active

    @property
    def expires_soon(self) -> bool:
        return self.is_working and self.expires_at is not None and self.expires_at <= timezone.now() + WARNED

    def allows(self, scope: str) -> bool:
        """Whether it may do what `scope` covers: `subject:read` is in `subject:write`."""
        return scope in self.scopes or (
            scope.endswith(":read") and f"{scope.removesuffix(':read')}:write" in self.scopes
        )

    def acting_person(self) -> User:
        """The owner, as who acts: without “private”, nothing private exists for them."""
        person = self.owner
        person.hides_private = not self.reaches_private
        return person

    def note_use(self, place: str, moment: datetime) -> None:
        """Remember the use, once a minute at most."""
        if self.last_used_at is None or moment - self.last_used_at >= self.USE_NOTED_EVERY:
            ApiToken.objects.filter(pk=self.pk).update(last_used_at=moment, last_used_from=place[:64])


def service_accounts_with_tokens() -> UserQuerySet:
    """All service accounts, those in use first, with `lasting_tokens`: those that are neither revoked nor expired."""
    tokens = models.Prefetch("api_tokens", ApiToken.objects.lasting().listed(), to_attr="lasting_tokens")
    return User.objects.service_accounts().active_first().prefetch_related(tokens)
