"""The retrospective itself: what it looks back on, who takes part, where it stands."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from core.subqueries import count_of, has_any
from incidents.models import Incident
from retros.models.formats import (
    FALLBACK_ICON,
    OF_AN_INCIDENT,
    Column,
    RetrospectiveFormat,
    columns_from,
    validate_columns,
)

if TYPE_CHECKING:
    from retros.models.review import RetrospectiveSettings


class RetrospectiveStatus(models.TextChoices):
    COLLECTING = "collecting", "Collecting"
    SCHEDULED = "scheduled", "Scheduled"
    IN_SESSION = "in_session", "In session"
    SOAKING = "soaking", "Reflection"
    IN_REVIEW = "in_review", "In review"
    PUBLISHED = "published", "Published"


class Subject(models.TextChoices):
    INCIDENT = "incident", "Incident"
    RELEASE = "release", "Release"
    SPRINT = "sprint", "Sprint"
    PROJECT = "project", "Project"


class RetrospectiveQuerySet(models.QuerySet["Retrospective"]):
    def visible_to(self, user: Any, *, one_by_one: bool = False) -> "RetrospectiveQuerySet":
        """Those in `user`'s reach as they stand now: every incident is, and a private one knows the person.

        Stakeholders see what is published, and what they take part in. `one_by_one` is for few of very many: each is
        asked for its private incidents, where the planner would gather the private incidents of all.
        """
        return self._in_reach(user, Q(status=RetrospectiveStatus.PUBLISHED), one_by_one)

    def readable_by(self, user: Any, *, one_by_one: bool = False) -> "RetrospectiveQuerySet":
        """Those with something to read: besides `visible_to`, the versions of one that is open again."""
        return self._in_reach(user, Q(status=RetrospectiveStatus.PUBLISHED) | Q(_has_version()), one_by_one)

    def _in_reach(self, user: Any, by_anybody: Q, one_by_one: bool) -> "RetrospectiveQuerySet":
        if not user.is_authenticated or not user.is_active:
            return self.none()
        hidden = Incident.objects.hidden_from(user).filter(retrospectives=OuterRef("pk")).order_by()
        takes_part = Exists(Participant.objects.filter(retrospective=OuterRef("pk"), user=user))
        on_it = Q(owner=user) | Q(facilitator=user) | Q(note_taker=user) | takes_part
        reachable = self.exclude(has_any(hidden) if one_by_one else Exists(hidden))
        if user.hides_private:
            reachable = reachable.filter(is_private=False)
        elif not user.sees_private_incidents:
            reachable = reachable.filter(Q(is_private=False) | on_it)
        if not user.is_responder:
            reachable = reachable.filter(by_anybody | on_it)
        return reachable

    def with_incidents(self) -> "RetrospectiveQuerySet":
        return self.prefetch_related("incidents")

    def without_owner(self) -> "RetrospectiveQuerySet":
        return self.filter(owner__isnull=True).exclude(status=RetrospectiveStatus.PUBLISHED)

    def unfinished(self) -> "RetrospectiveQuerySet":
        return self.exclude(status=RetrospectiveStatus.PUBLISHED)

    def with_marks(self) -> "RetrospectiveQuerySet":
        """With `marks`: how many readers said that it changed how they work."""
        marks = self.model.reader_marks.rel.related_model._default_manager
        return self.annotate(marks=count_of(marks.filter(retrospective=OuterRef("pk"))))

    def published(self) -> "RetrospectiveQuerySet":
        """Those that have been, also while they are open again for the next version."""
        return self.filter(_has_version())


def _has_version() -> Exists:
    from retros.models.review import Publication  # which imports this module

    return Exists(Publication.objects.filter(retrospective=OuterRef("pk")))


class Retrospective(models.Model):
    """`incident` is the one whose duty it fulfils, if any; `incidents` are all it covers, that one among them."""

    title = models.CharField(max_length=200)
    subject = models.CharField("looks back on", max_length=20, choices=Subject, default=Subject.INCIDENT)
    incident = models.OneToOneField(
        Incident, null=True, blank=True, on_delete=models.CASCADE, related_name="retrospective"
    )
    incidents = models.ManyToManyField(Incident, blank=True, related_name="retrospectives")
    format = models.ForeignKey(
        RetrospectiveFormat,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="retrospectives",
        help_text="None where it has the kinds of an incident",
    )
    columns = models.JSONField(
        default=list,
        blank=True,
        validators=[validate_columns],
        help_text="Of the format, as they were when it was chosen",
    )
    scope = models.TextField(blank=True, help_text="What is looked at, from when to when, and what is not")
    objectives = models.TextField(blank=True, help_text="What we want to know at the end")
    period_from = models.DateField("from", null=True, blank=True)
    period_to = models.DateField("to", null=True, blank=True)
    is_private = models.BooleanField("only for those who take part", default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="retrospectives",
    )
    facilitator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="facilitated"
    )
    note_taker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    presenter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Who shows the session on a shared screen; the others follow",
    )
    called_at = models.DateTimeField(
        null=True, blank=True, help_text="When the presenter last called everyone to the part that is on"
    )
    status = models.CharField(
        max_length=20, choices=RetrospectiveStatus, default=RetrospectiveStatus.COLLECTING
    )
    due_on = models.DateField(null=True, blank=True)
    scheduled_at = models.DateTimeField("session at", null=True, blank=True)
    minutes = models.PositiveSmallIntegerField("length, minutes", default=60)
    place = models.CharField(max_length=300, blank=True, help_text="A room or a link")
    calendar_sequence = models.PositiveIntegerField(
        null=True,
        blank=True,
        editable=False,
        help_text="Of the last invitation or cancellation; RFC 5545, 3.8.7.4",
    )
    session_started_at = models.DateTimeField(null=True, blank=True)
    session_ended_at = models.DateTimeField(null=True, blank=True)
    soak_until = models.DateField(null=True, blank=True, help_text="The time to reflect ends before this day")
    review_started_at = models.DateTimeField(null=True, blank=True)
    learnings_revealed_at = models.DateTimeField(null=True, blank=True)
    dots_closed_at = models.DateTimeField("voting closed", null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    public_text = models.TextField(
        blank=True, help_text="For readers outside; a text of its own, nothing is taken over by itself"
    )
    material = models.JSONField(
        default=dict, blank=True, help_text="Brought along from elsewhere, kept whole."
    )
    dismissed = models.JSONField(
        default=list, blank=True, help_text="Keys of suggestions for the timeline that do not apply"
    )
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    form_token = models.UUIDField(null=True, blank=True, unique=True)

    objects = RetrospectiveQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(F("published_at").desc(), F("id").desc(), name="retros_newest_published"),
            models.Index(fields=["due_on", "id"], name="retros_unfinished", condition=~Q(status="published")),
        ]

    def __str__(self) -> str:
        return f"Retrospective: {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("retrospective_detail", args=[self.pk])

    def url_of(self, section: str) -> str:
        """The page of one of its sections, such as `causes`."""
        return f"{self.get_absolute_url()}{section}/"

    @cached_property
    def held_as(self) -> "RetrospectiveSettings":
        """How this installation holds its retrospectives; asks once."""
        from retros.models.review import RetrospectiveSettings  # which imports this module

        return RetrospectiveSettings.get()

    @property
    def shows_dots(self) -> bool:
        """Whether everyone can see how many dots a learning has; until then people see only their own."""
        return self.dots_closed_at is not None or not self.held_as.hides_dots

    @property
    def has_incidents(self) -> bool:
        """Whether it looks back on incidents. Without, nothing about incidents is shown."""
        return self.subject == Subject.INCIDENT or bool(self.incidents.all())

    @property
    def columns_shown(self) -> list[Column]:
        """What learnings are written about, in order."""
        return columns_from(self.columns) or list(OF_AN_INCIDENT)

    def column_of(self, kind: str) -> Column:
        """The column of a learning; one that is not there any more is named by its key."""
        found = next((column for column in self.columns_shown if column.key == kind), None)
        return found or Column(kind, kind.replace("_", " ").capitalize(), "", FALLBACK_ICON)

    @property
    def chain(self) -> str:
        """The audit chain of everything about this retrospective, and its topic for open screens."""
        return f"retrospective:{self.pk}"

    @property
    def is_published(self) -> bool:
        return self.status == RetrospectiveStatus.PUBLISHED

    @property
    def is_overdue(self) -> bool:
        """By the reader's calendar."""
        return not self.is_published and self.due_on is not None and self.due_on < timezone.localdate()


class Participant(models.Model):
    retrospective = models.ForeignKey(Retrospective, on_delete=models.CASCADE, related_name="participants")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="participates_in"
    )
    invited_at = models.DateTimeField(null=True, blank=True)
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["retrospective", "user"], name="retros_takes_part_once")
        ]

    def __str__(self) -> str:
        return f"{self.user}"


class AgendaItem(models.Model):
    """One part of the session. Its clock is a server fact: seconds spent before, and since when it runs."""

    retrospective = models.ForeignKey(Retrospective, on_delete=models.CASCADE, related_name="agenda")
    name = models.CharField(max_length=100)
    section = models.CharField(max_length=20, blank=True, help_text="The section in which it is worked on")
    question = models.CharField(max_length=200, blank=True, help_text="Shown large while it is presented")
    minutes = models.PositiveSmallIntegerField()
    order = models.PositiveSmallIntegerField(default=0)
    spent_seconds = models.PositiveIntegerField(default=0)
    running_since = models.DateTimeField(null=True, blank=True)
    is_done = models.BooleanField(default=False)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class FinishedPart(models.Model):
    """Somebody says that they have written what they wanted to in one part of the session."""

    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="finished")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "person"], name="retros_finished_once")]

    def __str__(self) -> str:
        return f"{self.person} has finished {self.item}"
