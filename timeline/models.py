"""What happened, in order: one row an event, with when it occurred and when it was written down."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class Kind(models.TextChoices):
    NOTE = "note", "Note"
    DECISION = "decision", "Decision"
    QUESTION = "question", "Question"
    ANSWER = "answer", "Answer"
    HYPOTHESIS = "hypothesis", "Hypothesis"
    MITIGATION = "mitigation", "Mitigation"
    UPDATE = "update", "Status update"
    ALERT = "alert", "Alert"
    CHANGE = "change", "Change"
    MILESTONE = "milestone", "Milestone"
    STATUS = "status", "Status"
    SEVERITY = "severity", "Severity"
    ROLE = "role", "Role"
    SERVICE = "service", "Service"
    TASK = "task", "Task"
    CHECK = "check", "Recovery check"
    FACT = "fact", "Incident"
    GAP = "gap", "Gap"


LONGEST_TEXT = 4_000  # characters of an event; a page shows many

# What a person wrote or pictured, as against what the application noted about a click.
KEY_KINDS = (
    Kind.DECISION,
    Kind.HYPOTHESIS,
    Kind.MITIGATION,
    Kind.UPDATE,
    Kind.ALERT,
    Kind.MILESTONE,
    Kind.SEVERITY,
    Kind.GAP,
)
RECOVERED = ("mitigated", "resolved", "closed")  # a status event leads back out of these only
EDITABLE_KINDS = (Kind.NOTE, Kind.DECISION, Kind.QUESTION, Kind.ANSWER, Kind.ALERT, Kind.CHANGE, Kind.GAP)


class Phase(models.TextChoices):
    INTRODUCED = "introduced", "Introduced"
    DETECTED = "detected", "Detected"
    ESCALATED = "escalated", "Escalated"
    MITIGATED = "mitigated", "Mitigated"
    RESOLVED = "resolved", "Resolved"


def phase_before(phase: str, text: str) -> str:
    """The name of a phase to put before or after `text`; empty where the text begins with it already."""
    return "" if text.strip().casefold().startswith(phase.casefold()) else phase


class Gap(models.TextChoices):
    MISSING = "missing", "Information missing"
    DELAYED = "delayed", "Information delayed"


class TimelineEventQuerySet(models.QuerySet):
    def standing(self) -> "TimelineEventQuerySet":
        return self.filter(removed_at__isnull=True)

    def unanswered(self) -> "TimelineEventQuerySet":
        """Questions without a reply; a request for an update is answered by the update."""
        return self.filter(kind=Kind.QUESTION, replies__isnull=True).exclude(data__has_key="answer")

    def newest_first(self) -> "TimelineEventQuerySet":
        return self.order_by("-occurred_at", "-pk")

    def oldest_first(self) -> "TimelineEventQuerySet":
        return self.order_by("occurred_at", "pk")

    def key(self) -> "TimelineEventQuerySet":
        """What matters afterwards: what people wrote, milestones, starred events, and each step back from recovery."""
        is_step_back = models.Q(kind=Kind.STATUS, data__from__in=RECOVERED)
        return self.filter(models.Q(kind__in=KEY_KINDS) | models.Q(is_starred=True) | is_step_back)

    def starred(self) -> "TimelineEventQuerySet":
        return self.filter(is_starred=True)

    def for_display(self) -> "TimelineEventQuerySet":
        """With everything a row shows; two further queries whatever the number of rows."""
        return self.select_related(
            "actor",
            "hypothesis",
            "mitigation",
            "mitigation__target",
            "status_update",
            "status_update__correction",
        ).prefetch_related("evidence")


class TimelineEvent(models.Model):
    incident = models.ForeignKey("incidents.Incident", on_delete=models.CASCADE, related_name="timeline")
    occurred_at = models.DateTimeField()
    precision_seconds = models.PositiveIntegerField("±, seconds", null=True, blank=True)
    recorded_at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.NOTE)
    source = models.CharField(max_length=60, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField()
    detail = models.TextField(blank=True)
    data = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    phase = models.CharField(max_length=20, choices=Phase, blank=True)
    is_starred = models.BooleanField(default=False)
    gap = models.CharField(max_length=10, choices=Gap, blank=True)
    is_recollection = models.BooleanField("a recollection, not a fact", default=False)
    answers = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="replies"
    )
    hypothesis = models.ForeignKey(
        "incidents.Hypothesis", null=True, blank=True, on_delete=models.CASCADE, related_name="events"
    )
    mitigation = models.ForeignKey(
        "incidents.Mitigation", null=True, blank=True, on_delete=models.CASCADE, related_name="events"
    )
    status_update = models.ForeignKey(
        "incidents.StatusUpdate", null=True, blank=True, on_delete=models.CASCADE, related_name="events"
    )
    edited_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = TimelineEventQuerySet.as_manager()

    class Meta:
        ordering = ["occurred_at", "pk"]
        indexes = [models.Index(fields=["incident", "-occurred_at", "-id"], name="timeline_by_incident")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text[:80]}"

    @property
    def is_late(self) -> bool:
        """Written down more than five minutes after it happened."""
        return (self.recorded_at - self.occurred_at).total_seconds() > 300

    @property
    def has_marks(self) -> bool:
        """Whether anything is said beside its kind, actor and source."""
        return bool(
            self.phase
            or self.is_recollection
            or self.precision_seconds
            or self.is_starred
            or self.is_late
            or self.edited_at
        )

    @property
    def has_part(self) -> bool:
        """Whether it stands for something with a state of its own."""
        return bool(
            self.hypothesis_id or self.mitigation_id or self.status_update_id or self.kind == Kind.QUESTION
        )

    @property
    def version(self) -> int:
        """Counts the edits up, so that nobody overwrites what somebody else just wrote."""
        return self.edits.count()

    @property
    def can_be_edited(self) -> bool:
        return self.kind in EDITABLE_KINDS


class TimelineEventEdit(models.Model):
    """What an event said before somebody changed it."""

    event = models.ForeignKey(TimelineEvent, on_delete=models.CASCADE, related_name="edits")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    before = models.JSONField(encoder=DjangoJSONEncoder)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.event_id} at {self.at:%H:%M}"


class EvidenceKind(models.TextChoices):
    LOG = "log", "Log excerpt"
    METRIC = "metric", "Metric"
    TRACE = "trace", "Trace"
    DEPLOYMENT = "deployment", "Deployment"
    ALERT = "alert", "Alert"
    PICTURE = "picture", "Picture"
    LINK = "link", "Link"


class Evidence(models.Model):
    """Something captured: attached to an event and, where it speaks for or against one, a hypothesis."""

    incident = models.ForeignKey("incidents.Incident", on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=20, choices=EvidenceKind)
    title = models.CharField(max_length=200)
    body = models.TextField("text", blank=True)
    url = models.URLField("address", max_length=500, blank=True)
    file = models.FileField(upload_to="evidence/%Y/%m/", blank=True)
    file_type = models.CharField(max_length=100, blank=True)
    captured_at = models.DateTimeField()
    captured_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    event = models.ForeignKey(
        TimelineEvent, null=True, blank=True, on_delete=models.SET_NULL, related_name="evidence"
    )
    hypothesis = models.ForeignKey(
        "incidents.Hypothesis", null=True, blank=True, on_delete=models.SET_NULL, related_name="evidence"
    )
    cited_in = models.ManyToManyField(
        "incidents.StatusUpdate", blank=True, related_name="evidence", help_text="Updates that rest on it"
    )
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["captured_at", "pk"]
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return self.title
