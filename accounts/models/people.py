"""People, teams and the installation itself."""

import hashlib
import secrets
import zoneinfo
from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


def validate_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"“{name}” is not a time zone. Write it like Europe/Berlin.")


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Installation(models.Model):
    """The one organisation this Allclear serves."""

    name = models.CharField(max_length=100, default="Allclear")
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    duty_contact = models.CharField(
        max_length=200, blank=True, help_text="Shown to people who cannot sign in."
    )
    duty_person = models.ForeignKey(
        "accounts.User",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Reminded last, when nobody on an incident answers",
    )
    duty_mail = models.EmailField(
        max_length=254, blank=True, help_text="Reminded last as well; never of a private incident"
    )
    checklist_hidden = models.BooleanField(default=False, help_text="Home no longer shows the set-up steps")
    assistants = models.BooleanField(default=False, help_text="Assistants reach Allclear with API tokens")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="installation_is_one")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def get(cls) -> "Installation":
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class TeamQuerySet(models.QuerySet):
    def with_counts(self) -> "TeamQuerySet":
        return self.annotate(
            member_count=models.Count("members", filter=models.Q(members__is_active=True), distinct=True),
            service_count=models.Count("services", distinct=True),
        )


class Team(models.Model):
    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=100, unique=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class UserQuerySet(models.QuerySet):
    def active(self) -> "UserQuerySet":
        """People who may sign in; service accounts act, but they are nobody to choose or to tell."""
        return self.filter(is_active=True, is_service=False)

    def service_accounts(self) -> "UserQuerySet":
        return self.filter(is_service=True)

    def responders(self) -> "UserQuerySet":
        """Those who may take a role in an incident."""
        return self.active().exclude(installation_role=InstallationRole.STAKEHOLDER)

    def administrators(self) -> "UserQuerySet":
        return self.active().filter(installation_role=InstallationRole.ADMINISTRATOR)

    def demo(self) -> "UserQuerySet":
        return self.active().filter(is_demo=True)

    def with_email(self, *emails: str) -> "UserQuerySet":
        """Everyone, also deactivated, with one of these addresses in any case, which `lower_email` holds in lower."""
        lower = Lower("email")
        return self.annotate(lower_email=lower).filter(lower_email__in=[email.lower() for email in emails])

    def with_teams(self) -> "UserQuerySet":
        return self.prefetch_related("teams")

    def active_first(self) -> "UserQuerySet":
        return self.order_by("-is_active", "name")


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).strip(), **fields)
        user.set_password(password)  # None makes it unusable
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class InstallationRole(models.TextChoices):
    ADMINISTRATOR = "administrator", "Administrator"
    RESPONDER = "responder", "Responder"
    STAKEHOLDER = "stakeholder", "Stakeholder"


class Theme(models.TextChoices):
    SYSTEM = "system", "As the device"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class User(AbstractBaseUser):
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=100)
    installation_role = models.CharField(
        max_length=20, choices=InstallationRole, default=InstallationRole.RESPONDER
    )
    sees_private_incidents = models.BooleanField(
        default=False, help_text="The policy names this person: every private incident is in reach."
    )
    teams = models.ManyToManyField(Team, blank=True, related_name="members")
    time_zone = models.CharField(max_length=64, blank=True, validators=[validate_time_zone])
    theme = models.CharField(max_length=10, choices=Theme, default=Theme.SYSTEM)
    keys_enabled = models.BooleanField("single-key shortcuts", default=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    is_service = models.BooleanField(
        default=False, help_text="A service account: it acts by its API tokens and never signs in"
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    hides_private = False
    """On the copy of a person for whom an API token acts that was made without “private”: nothing private exists."""
    objects = UserManager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="one_user_per_email", violation_error_message="This e-mail is taken."
            ),
            models.UniqueConstraint(
                Lower("name"),
                condition=models.Q(is_service=True),
                name="one_service_account_per_name",
                violation_error_message="There is a service account of this name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        words = [w for w in self.name.split() if w[0].isalpha()] or [self.email]
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()

    @property
    def is_administrator(self) -> bool:
        return self.is_active and self.installation_role == InstallationRole.ADMINISTRATOR

    @property
    def is_responder(self) -> bool:
        """May declare, take roles and change incidents (administrators too)."""
        return self.is_active and self.installation_role != InstallationRole.STAKEHOLDER

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone or "UTC")


class OneTimeLinkQuerySet(models.QuerySet):
    def of_token(self, token: str) -> Self:
        return self.filter(token_hash=hash_token(token))

    def open(self) -> Self:
        return self.filter(used_at__isnull=True, expires_at__gt=timezone.now())


class OneTimeLink(models.Model):
    """A link that lets somebody in once; only its hash is stored."""

    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        return self.used_at is None and timezone.now() < self.expires_at

    @staticmethod
    def new_token() -> str:
        return secrets.token_urlsafe(32)


class SetupLink(OneTimeLink):
    """Makes the first administrator; printed on the terminal at the first start."""

    LIFETIME = timedelta(hours=1)

    objects = OneTimeLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return f"set-up link until {self.expires_at:%H:%M}"


class InvitationQuerySet(OneTimeLinkQuerySet):
    def open(self) -> Self:
        return super().open().filter(revoked_at__isnull=True)

    def unanswered(self) -> "InvitationQuerySet":
        """What an administrator may still send again or take back, the expired ones included."""
        return self.filter(used_at__isnull=True, revoked_at__isnull=True)

    def with_details(self) -> "InvitationQuerySet":
        return self.select_related("invited_by").prefetch_related("teams")


class Invitation(OneTimeLink):
    LIFETIME = timedelta(days=7)

    email = models.EmailField(max_length=254)
    installation_role = models.CharField(
        max_length=20, choices=InstallationRole, default=InstallationRole.RESPONDER
    )
    teams = models.ManyToManyField(Team, blank=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.email

    @property
    def is_open(self) -> bool:
        return super().is_open and self.revoked_at is None
