"""A status page, what it lists, and the states that are set by hand."""

import secrets
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Case, F, Min, OuterRef, Q, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import validate_time_zone
from core.notify import STATUS_PAGES, notify_topic
from core.subqueries import count_of
from incidents.models import Service, ServiceImpact
from statuspages.codes import code_of, number_of
from statuspages.look import style_of, version_of


class PageAudience(models.TextChoices):
    PUBLIC = "public", "Public"
    INTERNAL = "internal", "Internal"


def validate_free(slug: str) -> None:
    if slug in {"hosts", "whole", "new"}:
        raise ValidationError("This name is used by Allclear itself.")


def new_seed() -> str:
    return secrets.token_urlsafe(24)


class StatusPageQuerySet(models.QuerySet["StatusPage"]):
    def open_to_public(self) -> "StatusPageQuerySet":
        """What anybody on the internet may read. Everything else does not exist for them."""
        return self.filter(is_published=True, audience=PageAudience.PUBLIC)

    def shown_inside(self, *, drafts: bool) -> "StatusPageQuerySet":
        """What somebody signed in may read; drafts only for those who work on them."""
        return self if drafts else self.filter(is_published=True)

    def changed(self) -> int:
        """Whatever is kept of these pages elsewhere is out of date from now on."""
        changed = self.update(version=F("version") + 1, changed_at=timezone.now())
        notify_topic(topic=STATUS_PAGES, what="pages")
        return changed

    def next_copy_at(self) -> datetime | None:
        """When a copy is to be written again: in the past where one is out of date."""
        stale = Case(When(copied_version=F("version"), then="copy_due_at"), default="changed_at")
        return self.open_to_public().aggregate(at=Min(Coalesce(stale, "changed_at")))["at"]

    def with_counts(self) -> "StatusPageQuerySet":
        """Each counted apart: joined, 40 components and 500 subscribers of a page would make 20,000 rows."""
        subscribers = self.model.subscribers.rel.related_model._default_manager
        return self.annotate(
            component_count=count_of(Component.objects.filter(page=OuterRef("pk"))),
            subscriber_count=count_of(subscribers.filter(page=OuterRef("pk"), confirmed_at__isnull=False)),
        )


class StatusPage(models.Model):
    name = models.CharField(max_length=80, help_text="The organisation or product, as its customers call it.")
    slug = models.SlugField(
        "short name",
        max_length=60,
        unique=True,
        validators=[validate_free],
        help_text="Its address: /status/…/",
    )
    about = models.CharField(
        max_length=300, blank=True, help_text="One or two sentences under the name, if they help."
    )
    audience = models.CharField(
        max_length=10,
        choices=PageAudience,
        default=PageAudience.PUBLIC,
        help_text="Public: anybody, and only what was written for the public. Internal: people who sign in.",
    )
    time_zone = models.CharField(
        max_length=64,
        default="UTC",
        validators=[validate_time_zone],
        help_text="Shown beside UTC; a day of the bars begins at its midnight.",
    )
    language = models.CharField(
        max_length=10,
        choices=settings.LANGUAGES,
        default=settings.LANGUAGE_CODE,
        help_text="Of the page, its mails, feeds and calendar. What you write is shown as you write it.",
    )
    is_published = models.BooleanField(
        "published", default=False, help_text="Until then only responders see it, as a draft."
    )
    is_default = models.BooleanField(
        "also shows incidents that no other page shows",
        default=False,
    )
    host = models.CharField(
        "own host name",
        max_length=200,
        blank=True,
        validators=[
            RegexValidator(r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", "Write a host name like status.example.com.")
        ],
        help_text="Like status.example.com; also named in ALLCLEAR_STATUS_HOSTS. Nothing else is served there.",
    )
    accent = models.CharField("accent colour", max_length=7, blank=True, editable=False)
    accent_light = models.CharField(max_length=7, blank=True, editable=False)
    accent_dark = models.CharField(max_length=7, blank=True, editable=False)
    accent_on = models.CharField(
        max_length=7, blank=True, editable=False, help_text="Text on the accent colour"
    )
    logo_version = models.CharField(max_length=16, blank=True, editable=False)
    logo_width = models.PositiveSmallIntegerField(default=0, editable=False)
    logo_height = models.PositiveSmallIntegerField(default=0, editable=False)
    logo_plate = models.CharField(
        max_length=5, blank=True, editable=False, help_text="The theme in which it cannot be seen alone"
    )
    seed = models.CharField(max_length=64, default=new_seed, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    copied_version = models.PositiveIntegerField(default=0, editable=False)
    copy_due_at = models.DateTimeField(null=True, blank=True, editable=False)
    copied_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = StatusPageQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["host"],
                condition=~Q(host=""),
                name="one_page_per_host",
                violation_error_message="Another page has this host name.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_public(self) -> bool:
        return self.audience == PageAudience.PUBLIC

    @property
    def is_open(self) -> bool:
        return self.is_public and self.is_published

    @property
    def is_copy_stale(self) -> bool:
        """The copy kept of it is older than the page, or the page has changed by itself meanwhile."""
        return (
            self.copied_version != self.version
            or self.copy_due_at is None
            or self.copy_due_at <= timezone.now()
        )

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def shown_name(self) -> str:
        """What its readers know it by, in the language that is spoken: “Shop status”."""
        return gettext("%(name)s status") % {"name": self.name}

    @property
    def root(self) -> str:
        """The page's address without a slash at its end, as the world knows it."""
        if self.host:
            return f"{settings.PUBLIC_URL.partition('://')[0]}://{self.host}"
        return f"{settings.PUBLIC_URL}/status/{self.slug}"

    @property
    def style_address(self) -> str:
        """Of the style sheet with its accent colour, below the page; nothing without one."""
        return f"look-{version_of(style_of(self))}.css" if self.accent else ""

    @property
    def logo_address(self) -> str:
        return f"logo-{self.logo_version}.png" if self.logo_version else ""

    def code(self, kind: str, pk: int) -> str:
        """The name a thing has in this page's addresses and interface: stable, and tells nothing of numbers."""
        return code_of(self.seed, kind, pk)

    def pk_of(self, kind: str, code: str, newest: int) -> int | None:
        """The key, at most `newest`, that a code stands for; None for one that was never given."""
        return number_of(self.seed, kind, code, newest)


class PageLogo(models.Model):
    """The picture itself, which only its own address needs: encoded by us, whatever was uploaded."""

    page = models.OneToOneField(StatusPage, on_delete=models.CASCADE, primary_key=True, related_name="logo")
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"Logo of {self.page_id}"


class ComponentGroup(models.Model):
    page = models.ForeignKey(StatusPage, on_delete=models.CASCADE, related_name="groups")
    name = models.CharField(max_length=80)
    order = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["page", "name"],
                name="group_once_per_page",
                violation_error_message="The page has a group of this name.",
            )
        ]

    def __str__(self) -> str:
        return self.name


def today() -> date:
    return timezone.now().date()


class ComponentQuerySet(models.QuerySet["Component"]):
    def in_order(self) -> "ComponentQuerySet":
        """Those without a group first, then group by group."""
        return self.select_related("group", "service").order_by(
            F("group__order").asc(nulls_first=True), "group_id", "order", "pk"
        )


class Component(models.Model):
    """A part as the page's readers know it. Its state comes from a service's impacts, or is set by hand."""

    page = models.ForeignKey(StatusPage, on_delete=models.CASCADE, related_name="components")
    group = models.ForeignKey(
        ComponentGroup, null=True, blank=True, on_delete=models.SET_NULL, related_name="components"
    )
    service = models.ForeignKey(
        Service,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="components",
        help_text="Where its state comes from; without one the state is set by hand.",
    )
    name = models.CharField(
        max_length=80, help_text="As customers call it; the service's own name stays inside."
    )
    description = models.CharField(max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(default=0, editable=False)
    tracked_since = models.DateField(
        "bars begin on", default=today, help_text="Earlier days are shown as “no data”."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ComponentQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["page", "name"],
                name="component_once_per_page",
                violation_error_message="The page has a component of this name.",
            ),
            models.UniqueConstraint(
                fields=["page", "service"],
                name="service_once_per_page",
                violation_error_message="The page shows this service already.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ComponentState(models.Model):
    """How a component without a service was set to be over one interval; no row means operational."""

    component = models.ForeignKey(Component, on_delete=models.CASCADE, related_name="states")
    impact = models.CharField(max_length=20, choices=ServiceImpact)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["component"], condition=Q(ended_at__isnull=True), name="one_running_state"
            )
        ]

    def __str__(self) -> str:
        return f"{self.component} {self.get_impact_display()}"
