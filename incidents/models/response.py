"""What responders try, suspect and do: services, mitigations, hypotheses, changes, tasks, links."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from incidents.models.catalogue import ChecklistTemplate, LinkKind, Service
from incidents.models.incident import Incident

CHANGE_WINDOW = timedelta(hours=2)


class ServiceImpact(models.TextChoices):
    DEGRADED = "degraded", "Degraded"
    PARTIAL_OUTAGE = "partial_outage", "Partial outage"
    MAJOR_OUTAGE = "major_outage", "Major outage"


class AffectedServiceQuerySet(models.QuerySet):
    def running(self) -> "AffectedServiceQuerySet":
        return self.filter(ended_at__isnull=True)

    def worst_first(self) -> "AffectedServiceQuerySet":
        worst = list(reversed(ServiceImpact.values))
        rank = models.Case(*(models.When(impact=value, then=place) for place, value in enumerate(worst)))
        return self.select_related("service", "incident").order_by(rank, "service__name")

    def names_on(self, page: int) -> list[str]:
        """What the readers of a status page (its id) call these services; one it does not show is left out."""
        known = self.worst_first().filter(service__components__page=page)
        return list(dict.fromkeys(known.values_list("service__components__name", flat=True)))


class AffectedService(models.Model):
    """How a service is affected over one interval; a change of degree ends one row and begins another."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="affected_services")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="impacts")
    impact = models.CharField(max_length=20, choices=ServiceImpact)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AffectedServiceQuerySet.as_manager()

    class Meta:
        ordering = ["started_at", "pk"]
        indexes = [
            models.Index(fields=["service", "-incident"], name="newest_incidents_of_service"),
            models.Index(fields=["ended_at"], name="impacts_by_end"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "service"], condition=Q(ended_at__isnull=True), name="one_running_impact"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=models.F("started_at")),
                name="impact_interval_forward",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.get_impact_display()}"


class MitigationState(models.TextChoices):
    PROPOSED = "proposed", "Proposed"
    APPLYING = "applying", "Applying"
    WORKED = "worked", "Worked"
    NO_EFFECT = "no_effect", "No effect"
    MADE_WORSE = "made_worse", "Made worse"
    REVERTED = "reverted", "Reverted"
    REJECTED = "rejected", "Not tried"


class Mitigation(models.Model):
    class Kind(models.TextChoices):
        ROLLBACK = "rollback", "Rollback"
        FEATURE_FLAG = "feature_flag", "Feature flag"
        SCALE = "scale", "Scale"
        REDIRECT = "redirect", "Redirect traffic"
        ISOLATE = "isolate", "Isolate"
        RESTART = "restart", "Restart"
        PATCH = "patch", "Patch"
        OTHER = "other", "Other"

    NEXT_STATES = {
        MitigationState.PROPOSED: (MitigationState.APPLYING, MitigationState.REJECTED),
        MitigationState.APPLYING: (
            MitigationState.WORKED,
            MitigationState.NO_EFFECT,
            MitigationState.MADE_WORSE,
            MitigationState.REVERTED,
        ),
        MitigationState.WORKED: (
            MitigationState.REVERTED,
            MitigationState.NO_EFFECT,
            MitigationState.MADE_WORSE,
        ),
        MitigationState.NO_EFFECT: (MitigationState.REVERTED, MitigationState.APPLYING),
        MitigationState.MADE_WORSE: (MitigationState.REVERTED,),
        MitigationState.REVERTED: (MitigationState.APPLYING,),
        MitigationState.REJECTED: (MitigationState.PROPOSED,),
    }

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="mitigations")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.OTHER)
    text = models.CharField("what", max_length=300)
    target = models.ForeignKey(Service, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    risk = models.CharField(max_length=200, blank=True)
    is_reversible = models.BooleanField("can be reversed", default=True)
    time_box_minutes = models.PositiveIntegerField("time box, minutes", null=True, blank=True)
    expected_effect = models.CharField(max_length=300, blank=True)
    observed_effect = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=20, choices=MitigationState, default=MitigationState.PROPOSED)
    proposed_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    reverted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-proposed_at", "-pk"]

    def __str__(self) -> str:
        return self.text

    @property
    def next_states(self) -> list[MitigationState]:
        return list(self.NEXT_STATES[MitigationState(self.state)])

    @property
    def time_box_ends_at(self) -> datetime | None:
        if self.started_at and self.time_box_minutes:
            return self.started_at + timedelta(minutes=self.time_box_minutes)
        return None


class Confidence(models.TextChoices):
    UNSURE = "unsure", "Unsure"
    POSSIBLE = "possible", "Possible"
    LIKELY = "likely", "Likely"


class HypothesisState(models.TextChoices):
    OPEN = "open", "Open"
    TESTING = "testing", "Testing"
    SUPPORTED = "supported", "Supported"
    REFUTED = "refuted", "Refuted"


class Hypothesis(models.Model):
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="hypotheses")
    claim = models.CharField(max_length=300)
    confidence = models.CharField(max_length=20, choices=Confidence, default=Confidence.POSSIBLE)
    test = models.CharField("how to test it", max_length=300, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=20, choices=HypothesisState, default=HypothesisState.OPEN)
    verdict = models.CharField("what decided it", max_length=300, blank=True)
    raised_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-raised_at", "-pk"]
        verbose_name_plural = "hypotheses"

    def __str__(self) -> str:
        return self.claim

    @property
    def is_settled(self) -> bool:
        return self.state in (HypothesisState.SUPPORTED, HypothesisState.REFUTED)


class ChangeEventQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "ChangeEventQuerySet":
        """Those told on no incident, or on one in `user`'s reach: what a private one tells stays with it."""
        told = ChangeEvent.incidents.through.objects.filter(changeevent=OuterRef("pk"))
        in_reach = told.filter(incident__in=Incident.objects.visible_to(user))
        return self.filter(Exists(in_reach) | ~Exists(told))

    def kept_on(self, incident: Incident) -> "ChangeEventQuerySet":
        """Those that everybody who sees `incident` may see: not what another, private one tells."""
        told = ChangeEvent.incidents.through.objects.filter(changeevent=OuterRef("pk"))
        shown = told.filter(Q(incident=incident) | Q(incident__is_private=False))
        return self.filter(Exists(shown) | ~Exists(told))

    def before(self, moment: datetime, *, services: list[int]) -> "ChangeEventQuerySet":
        """Changes in the two hours up to `moment`: of these services, and those of no named service."""
        return (
            self.filter(
                Q(service__in=services) | Q(service__isnull=True),
                at__lte=moment,
                at__gte=moment - CHANGE_WINDOW,
            )
            .select_related("service")
            .order_by("-at")
        )


class ChangeEvent(models.Model):
    class Kind(models.TextChoices):
        DEPLOYMENT = "deployment", "Deployment"
        FEATURE_FLAG = "feature_flag", "Feature flag"
        CONFIGURATION = "configuration", "Configuration"
        MERGE = "merge", "Merge"
        CI = "ci", "Build"
        INFRASTRUCTURE = "infrastructure", "Infrastructure"
        OTHER = "other", "Other"

    service = models.ForeignKey(
        Service, null=True, blank=True, on_delete=models.CASCADE, related_name="changes"
    )
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.DEPLOYMENT)
    title = models.CharField(max_length=200)
    at = models.DateTimeField()
    url = models.URLField(max_length=500, blank=True)
    source = models.CharField(max_length=60, blank=True)
    external_key = models.CharField(
        max_length=300, blank=True, help_text="What the sender calls it: told again, it is the same change"
    )
    suspected_in = models.ManyToManyField(Incident, blank=True, related_name="suspected_changes")
    incidents = models.ManyToManyField(Incident, blank=True, related_name="changes")

    objects = ChangeEventQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["service", "-at"], name="change_by_service"),
            models.Index(fields=["at"], name="change_by_time"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_key"], condition=~Q(external_key=""), name="one_change_per_key"
            )
        ]

    def __str__(self) -> str:
        return self.title


class TaskQuerySet(models.QuerySet):
    def open_of(self, person: User) -> "TaskQuerySet":
        """What one person still has to do, what is due first at the top."""
        own = self.filter(owner=person, done_at__isnull=True).select_related("incident")
        return own.order_by(models.F("due_at").asc(nulls_last=True), "order", "pk")


class Task(models.Model):
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="tasks")
    title = models.CharField(max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="incident_tasks",
    )
    due_at = models.DateTimeField("time box ends", null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    done_because = models.CharField(
        max_length=200, blank=True, help_text="What the application saw, where it marked the task itself"
    )
    template = models.ForeignKey(ChecklistTemplate, null=True, on_delete=models.SET_NULL, related_name="+")
    order = models.PositiveSmallIntegerField(default=100)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "template"], name="checklist_line_lands_once")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def done_note(self) -> str:
        """Who marked it as done, or what the application saw; empty while it is open."""
        if not self.done_at:
            return ""
        return self.done_because or (f"Done by {self.done_by}" if self.done_by else "")


class IncidentLink(models.Model):
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="links")
    label = models.CharField(max_length=100)
    kind = models.CharField(max_length=20, choices=LinkKind, default=LinkKind.OTHER)
    url = models.URLField(max_length=500)

    class Meta:
        ordering = ["kind", "label"]

    def __str__(self) -> str:
        return self.label
