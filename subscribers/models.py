"""Who wants to hear of what, by which way; and what each person has been told."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import User
from action_items.models import ActionItem
from core.subqueries import has_any
from incidents.models import AffectedService, Audience, Incident, IncidentType, Service, Severity
from notifications.models import Channel, OutboxMessage
from retros.models import Retrospective

WORST_RANK = 2
"""SEV1 and SEV2: everybody is notified of these who has not switched it off."""


class NotificationKind(models.TextChoices):
    """What sort of thing a person is told; each can go by other ways."""

    DUTY = "duty", "What is asked of me"
    REQUESTS = "requests", "Somebody asks for an update"
    DECLARED = "declared", "New incidents"
    PROGRESS = "progress", "Severity and status"
    UPDATES = "updates", "Status updates"
    ACTIONS = "actions", "My action items, each week"
    RETROSPECTIVES = "retros", "News of retrospectives"


class OutsideAddressQuerySet(models.QuerySet["OutsideAddress"]):
    def confirmed(self) -> "OutsideAddressQuerySet":
        return self.filter(confirmed_at__isnull=False, ended_at__isnull=True)

    def of_email(self, email: str) -> "OutsideAddressQuerySet":
        return self.filter(email__iexact=email.strip())

    def with_subscriptions(self) -> "OutsideAddressQuerySet":
        return self.prefetch_related(
            models.Prefetch("subscriptions", Subscription.objects.with_filters(), to_attr="wanted")
        )


class OutsideAddress(models.Model):
    """A mail address without an account; it receives nothing before it has confirmed."""

    email = models.EmailField(max_length=254)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    asked_at = models.DateTimeField(null=True, blank=True, help_text="When the confirmation was last mailed")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it unsubscribed")

    objects = OutsideAddressQuerySet.as_manager()

    class Meta:
        ordering = ["email"]
        constraints = [models.UniqueConstraint(Lower("email"), name="one_outside_address_per_email")]

    def __str__(self) -> str:
        return self.email

    @property
    def state(self) -> str:
        """ended, confirmed or asked"""
        return "ended" if self.ended_at else "confirmed" if self.confirmed_at else "asked"


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def active(self) -> "SubscriptionQuerySet":
        """Not paused, and its owner is there to hear: a channel in use, an address that said yes.

        The address of somebody who was deactivated here receives nothing any more, whoever entered it.
        """
        gone = User.objects.filter(is_active=False, email__iexact=OuterRef("outside__email"))
        return self.filter(
            Q(outside__isnull=True) | Q(outside__confirmed_at__isnull=False, outside__ended_at__isnull=True),
            Q(channel__isnull=True) | Q(channel__is_active=True),
            ~Exists(gone),
            is_active=True,
        )

    def matching(self, incident: Incident) -> "SubscriptionQuerySet":
        """The active ones whose filters this incident fits; a service counts even after it has recovered."""
        hit = AffectedService.objects.filter(incident=incident).values("service")
        of_type = Q(incident_type__isnull=True)
        if incident.incident_type_id:
            of_type |= Q(incident_type=incident.incident_type_id)
        return self.active().filter(
            of_type,
            Q(incident__isnull=True) | Q(incident=incident),
            Q(service__isnull=True) | Q(service__in=hit),
            Q(severity__isnull=True) | Q(severity__rank__gte=incident.severity.rank),
        )

    def of(self, user: User) -> "SubscriptionQuerySet":
        return self.filter(person=user)

    def of_channels(self) -> "SubscriptionQuerySet":
        return self.filter(channel__isnull=False).select_related("channel").order_by("channel__name", "pk")

    def of_others(self, audience: str) -> "SubscriptionQuerySet":
        """People who read what is written for `audience`."""
        return self.filter(person__isnull=False, audience=audience).select_related("person")

    def within_reach(self, user: User) -> "SubscriptionQuerySet":
        """Without those that name an incident out of this person's reach."""
        incidents = Incident.objects.visible_to(user).filter(pk=OuterRef("incident"))
        return self.filter(Q(incident__isnull=True) | Exists(incidents))

    def following(self, incident: Incident | OuterRef) -> "SubscriptionQuerySet":
        return self.filter(incident=incident, is_active=True)

    def followed_services(self) -> "models.QuerySet[Subscription, int | None]":
        """The services of which every incident is notified."""
        return self.filter(
            service__isnull=False, incident__isnull=True, severity__isnull=True, is_active=True
        ).values_list("service_id", flat=True)

    def with_filters(self) -> "SubscriptionQuerySet":
        return self.select_related("service", "severity", "incident", "incident_type")


class Subscription(models.Model):
    """A subscription of a person, channel or address to the updates for one audience, of incidents that fit the filters."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="subscriptions",
    )
    channel = models.ForeignKey(
        Channel, null=True, blank=True, on_delete=models.CASCADE, related_name="subscriptions"
    )
    outside = models.ForeignKey(
        OutsideAddress, null=True, blank=True, on_delete=models.CASCADE, related_name="subscriptions"
    )
    audience = models.CharField(max_length=20, choices=Audience, default=Audience.STAKEHOLDERS)
    service = models.ForeignKey(
        Service, null=True, blank=True, on_delete=models.CASCADE, related_name="subscriptions"
    )
    severity = models.ForeignKey(
        Severity,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="At least as bad as this",
    )
    incident = models.ForeignKey(
        Incident, null=True, blank=True, on_delete=models.CASCADE, related_name="subscriptions"
    )
    incident_type = models.ForeignKey(
        IncidentType, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    is_active = models.BooleanField(default=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, channel__isnull=True, outside__isnull=True)
                | Q(person__isnull=True, channel__isnull=False, outside__isnull=True)
                | Q(person__isnull=True, channel__isnull=True, outside__isnull=False),
                name="subscription_has_one_owner",
            ),
            models.UniqueConstraint(
                fields=[
                    "person",
                    "channel",
                    "outside",
                    "audience",
                    "service",
                    "severity",
                    "incident",
                    "incident_type",
                ],
                nulls_distinct=False,
                name="subscribed_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner}: {self.about}"

    @property
    def owner(self) -> "User | Channel | OutsideAddress | None":
        return self.person or self.channel or self.outside

    @property
    def in_words(self) -> str:
        """“updates for stakeholders”"""
        the = "the " if self.audience == Audience.PUBLIC else ""
        return f"updates for {the}{self.get_audience_display().lower()}"

    @property
    def about(self) -> str:
        """“Incidents of Checkout, SEV2 or worse”; needs `with_filters()`, or asks."""
        if self.incident:
            return f"{self.incident.reference} {self.incident.title}"
        words = "Every incident" if not (self.service or self.incident_type) else "Incidents"
        if self.service:
            words += f" of {self.service}"
        if self.incident_type:
            words += f" of the type {self.incident_type}"
        if self.severity:
            words += f", {self.severity}" + (" or worse" if self.severity.rank > 1 else "")
        return words


class NotificationPreference(models.Model):
    """How one person wants to hear; without a row, `defaults_for` says."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_preference"
    )
    by_mail = ArrayField(models.CharField(max_length=12, choices=NotificationKind), default=list, blank=True)
    in_inbox = ArrayField(models.CharField(max_length=12, choices=NotificationKind), default=list, blank=True)
    in_browser = ArrayField(
        models.CharField(max_length=12, choices=NotificationKind), default=list, blank=True
    )
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    follows_worst = models.BooleanField("hears of every SEV1 and SEV2", default=True)

    def __str__(self) -> str:
        return f"preferences of {self.person_id}"

    @classmethod
    def of(cls, person: User) -> "NotificationPreference":
        """What the person has set, or what is usual; one query unless it was loaded with the person."""
        try:
            return person.notification_preference
        except cls.DoesNotExist:
            return cls.defaults_for(person)

    @classmethod
    def defaults_for(cls, person: User) -> "NotificationPreference":
        """A responder is notified of new incidents everywhere; a stakeholder gets status updates by e-mail."""
        if not person.is_responder:
            by_mail = [
                NotificationKind.DUTY,
                NotificationKind.UPDATES,
                NotificationKind.ACTIONS,
                NotificationKind.RETROSPECTIVES,
            ]
            return cls(person=person, by_mail=by_mail, in_inbox=list(NotificationKind), in_browser=[])
        by_mail = [
            NotificationKind.DUTY,
            NotificationKind.REQUESTS,
            NotificationKind.DECLARED,
            NotificationKind.ACTIONS,
            NotificationKind.RETROSPECTIVES,
        ]
        in_browser = [
            NotificationKind.DUTY,
            NotificationKind.REQUESTS,
            NotificationKind.DECLARED,
            NotificationKind.UPDATES,
        ]
        return cls(person=person, by_mail=by_mail, in_inbox=list(NotificationKind), in_browser=in_browser)

    def wants(self, way: str, news: str) -> bool:
        """`way` is by_mail, in_inbox or in_browser. What is asked of a person always comes by mail and inbox."""
        return news in getattr(self, way) or (news == NotificationKind.DUTY and way != "in_browser")


class ReportEvery(models.TextChoices):
    """The names are also those of PostgreSQL's `date_trunc`."""

    WEEK = "week", "Each week"
    MONTH = "month", "Each month"


class ReportKind(models.TextChoices):
    REPORT = "report", "Report"
    PACK = "pack", "Board pack"


class ReportWish(models.Model):
    """That a person gets the report or the board pack of Insights, of what the filters of `query` leave."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="report_wishes"
    )
    kind = models.CharField(max_length=10, choices=ReportKind, default=ReportKind.REPORT)
    every = models.CharField(max_length=5, choices=ReportEvery, default=ReportEvery.WEEK)
    query = models.CharField(max_length=500, blank=True, help_text="As in the address, without the period")
    about = models.CharField(max_length=200, blank=True, help_text="The same in words; empty for all")
    last_period = models.DateField(
        null=True, blank=True, help_text="The Monday, or the first, of the last one sent"
    )
    held_until = models.DateTimeField(
        null=True, blank=True, help_text="Somebody writes it until then; one that fails holds up no other"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["every", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "every", "query"], name="report_wished_once")
        ]

    def __str__(self) -> str:
        name = "Board pack, " if self.kind == ReportKind.PACK else ""
        return f"{name}{self.get_every_display()}: {self.about or 'all incidents'}"


def reports_for(reader: Any) -> models.QuerySet[ReportWish]:
    """One's own, as long as one wishes for it."""
    return ReportWish.objects.filter(person=reader) if reader else ReportWish.objects.none()


class NoticeQuerySet(models.QuerySet["Notice"]):
    def of(self, user: User) -> "NoticeQuerySet":
        """A person's inbox; what left their reach meanwhile is not in it."""
        incidents = Incident.objects.visible_to(user).filter(pk=OuterRef("incident"))
        retrospectives = Retrospective.objects.visible_to(user, one_by_one=True).filter(
            pk=OuterRef("retrospective")
        )
        items = ActionItem.objects.visible_to(user).filter(pk=OuterRef("action_item"))
        of_oneself = Q(incident=None, retrospective=None, action_item=None)
        about_seen = Q(has_any(incidents)) | Q(has_any(retrospectives)) | Q(has_any(items))
        return self.filter(about_seen | of_oneself, person=user)

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at__isnull=True)

    def newest_first(self) -> "NoticeQuerySet":
        return self.select_related("incident__severity").order_by("-pk")


class Notice(models.Model):
    """One line in one person's inbox."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    message = models.ForeignKey(
        OutboxMessage, null=True, blank=True, on_delete=models.SET_NULL, related_name="notices"
    )
    incident = models.ForeignKey(
        Incident, null=True, blank=True, on_delete=models.CASCADE, related_name="notices"
    )
    retrospective = models.ForeignKey(
        Retrospective, null=True, blank=True, on_delete=models.CASCADE, related_name="notices"
    )
    action_item = models.ForeignKey(
        ActionItem, null=True, blank=True, on_delete=models.CASCADE, related_name="notices"
    )
    kind = models.CharField(max_length=12, choices=NotificationKind)
    title = models.CharField(max_length=250)
    text = models.CharField(max_length=500, blank=True)
    url = models.CharField(max_length=300)
    pops = models.BooleanField(default=False, help_text="An open tab may show it beside the page")
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["person", "-id"], name="notice_by_person"),
            models.Index(fields=["person"], condition=Q(read_at__isnull=True), name="notice_unread"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person", "message"], name="one_notice_per_message"),
            models.CheckConstraint(
                condition=Q(retrospective=None, action_item=None)
                | Q(incident=None, action_item=None)
                | Q(incident=None, retrospective=None),
                name="notice_is_about_one_thing_at_most",
            ),
        ]

    def __str__(self) -> str:
        return self.title
