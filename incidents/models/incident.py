"""The incident: its facts, its milestones, the stays in each status, and who may see it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q, Subquery
from django.utils import timezone
from django.utils.functional import cached_property

from incidents.models.catalogue import Audience, IncidentType, LinkKind, Role, Severity
from incidents.models.reference import address_of, number_of, reference_of
from incidents.models.status import ACTIVE_STATUSES, LACKS_TIMES, OPEN_STATUSES, PUBLIC_WORDING, Status

if TYPE_CHECKING:
    from accounts.models import User
    from incidents.models.cadence import UpdateSchedule


RECENT = 500  # the newest incidents that a title being typed is compared with, besides those that are open


class IncidentQuerySet(models.QuerySet["Incident"]):
    def visible_to(self, user: "User") -> "IncidentQuerySet":
        """The incidents that `user` can see; private ones are loaded in no other way."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.hides_private:
            return self.filter(is_private=False)
        if user.sees_private_incidents:
            return self
        return self.filter(Q(is_private=False) | self._is_on_it(user))

    def hidden_from(self, user: "User") -> "IncidentQuerySet":
        """All others: few, so that what hangs on many incidents is found by leaving out what hangs on these."""
        if not user.is_authenticated or not user.is_active:
            return self
        if user.hides_private:
            return self.filter(is_private=True)
        if user.sees_private_incidents:
            return self.none()
        return self.filter(~self._is_on_it(user), is_private=True)

    def _is_on_it(self, user: "User") -> Exists:
        seats = self.model.participations.rel.related_model._default_manager
        return Exists(seats.filter(incident=OuterRef("pk"), user=user, access_revoked_at__isnull=True))

    def active(self) -> "IncidentQuerySet":
        return self.filter(status__in=ACTIVE_STATUSES)

    def suspected(self) -> "IncidentQuerySet":
        return self.filter(status=Status.TRIAGE)

    def open(self) -> "IncidentQuerySet":
        return self.filter(status__in=OPEN_STATUSES)

    def real(self) -> "IncidentQuerySet":
        return self.exclude(status__in=(Status.DECLINED, Status.MERGED))

    def without_retrospective(self) -> "IncidentQuerySet":
        covered = self.model.retrospectives.through.objects.filter(incident=OuterRef("pk"))
        over = self.filter(status__in=(Status.RESOLVED, Status.CLOSED))
        return over.filter(~Exists(covered)).newest_first()

    def most_urgent_first(self) -> "IncidentQuerySet":
        return self.order_by("severity__rank", "-declared_at", "-pk")

    def newest_first(self) -> "IncidentQuerySet":
        return self.order_by("-number")

    def of_reference(self, reference: str) -> "IncidentQuerySet":
        number = number_of(reference)
        return self.none() if number is None else self.filter(number=number)

    def with_people(self) -> "IncidentQuerySet":
        """Severity and the running role assignments, each in a constant number of queries."""
        from incidents.models.people import RoleAssignment  # which imports this module

        return self.select_related("severity").prefetch_related(
            Prefetch(
                "role_assignments",
                RoleAssignment.objects.running().select_related("role", "user"),
                to_attr="running_roles",
            )
        )

    def updated_by(self, user: "User") -> "IncidentQuerySet":
        """Those whose status updates are up to `user`: who commands them or leads their communication."""
        held = self.model.role_assignments.rel.related_model._default_manager
        own = held.filter(
            user=user, role__slug__in=(Role.COMMANDER, Role.COMMUNICATIONS_LEAD), ended_at__isnull=True
        )
        return self.filter(Exists(own.filter(incident=OuterRef("pk"))))

    def with_updates(self) -> "IncidentQuerySet":
        """The update schedules and when the last update was published."""
        told = self.model.status_updates.rel.related_model._default_manager
        newest = told.filter(incident=OuterRef("pk"), state="posted").order_by("-posted_at")
        return self.prefetch_related("update_schedules").annotate(
            last_update_at=Subquery(newest.values("posted_at")[:1])
        )

    def affecting(self, services: Any) -> "IncidentQuerySet":
        """Those that affect, or affected, one of `services`."""
        hit = Incident.objects.filter(affected_services__service__in=services)
        return self.filter(pk__in=hit.order_by().values("pk"))

    def resembling(self, title: str) -> "IncidentQuerySet":
        """Open first, then recent ones whose title shares words or letters (trigrams) with `title`.

        Only titles of open incidents and of the `RECENT` newest are compared, however many there are.
        """
        newest = Incident.objects.order_by("-number").values("number")[:1]
        is_near = Q(status__in=(*OPEN_STATUSES, Status.TRIAGE)) | Q(number__gt=Subquery(newest) - RECENT)
        return (
            self.real()
            .filter(is_near)
            .annotate(likeness=TrigramWordSimilarity(title, "title"))
            .filter(likeness__gte=0.3)
            .annotate(
                is_over=models.Case(
                    models.When(status__in=(*OPEN_STATUSES, Status.TRIAGE), then=0), default=1
                )
            )
            .order_by("is_over", "-likeness", "-number")
        )


class Incident(models.Model):
    class Source(models.TextChoices):
        PERSON = "person", "A person"
        ALERT = "alert", "An alert"
        API = "api", "The API"
        REPLAY = "replay", "A recorded day"
        IMPORT = "import", "Brought in from elsewhere"

    OF_THE_PAST = (Source.REPLAY, Source.IMPORT)  # no reminder begins by itself

    number = models.PositiveIntegerField(unique=True, editable=False)
    title = models.CharField(max_length=200)
    summary = models.CharField(max_length=500, blank=True)
    severity = models.ForeignKey(Severity, on_delete=models.PROTECT, related_name="incidents")
    status = models.CharField(max_length=20, choices=Status, default=Status.TRIAGE)
    incident_type = models.ForeignKey(IncidentType, null=True, blank=True, on_delete=models.SET_NULL)
    is_private = models.BooleanField("private", default=False)
    is_drill = models.BooleanField("drill", default=False)
    source = models.CharField(max_length=10, choices=Source, default=Source.PERSON)
    source_id = models.CharField(max_length=200, null=True, blank=True, unique=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="reported_incidents"
    )

    now_note = models.CharField("now", max_length=200, blank=True)
    next_note = models.CharField("next", max_length=200, blank=True)
    degraded_note = models.CharField(
        "running degraded", max_length=200, blank=True, help_text="E.g. “running on standby, writes off”."
    )
    impact_summary = models.CharField(max_length=300, blank=True)
    cost_low = models.CharField("cost so far, at least", max_length=40, blank=True)
    cost_high = models.CharField("cost so far, at most", max_length=40, blank=True)
    impact_figures = models.JSONField(default=list, blank=True, help_text='[{"label": …, "value": …}]')

    introduced_at = models.DateTimeField(null=True, blank=True)
    impact_started_at = models.DateTimeField(null=True, blank=True)
    detected_at = models.DateTimeField(null=True, blank=True)
    declared_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    mitigated_at = models.DateTimeField(null=True, blank=True)
    impact_ended_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    milestone_basis = models.JSONField(
        default=dict, blank=True, help_text='{"detected_at": {"source": "alert", "uncertainty_seconds": 60}}'
    )

    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )
    decline_reason = models.CharField(max_length=300, blank=True)
    reopen_count = models.PositiveSmallIntegerField(default=0)
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        indexes = [
            models.Index(fields=["status", "-number"], name="incident_by_status"),
            models.Index(fields=["severity", "-number"], name="incident_by_severity"),
            GinIndex(fields=["title"], opclasses=["gin_trgm_ops"], name="incident_title_trigrams"),
            models.Index(fields=["id"], name="incidents_private", condition=Q(is_private=True)),
            models.Index(fields=["-number"], name="incidents_lacking_times", condition=LACKS_TIMES),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(impact_started_at__isnull=True)
                | Q(mitigated_at__isnull=True)
                | Q(mitigated_at__gte=models.F("impact_started_at")),
                name="impact_before_mitigation",
            ),
            models.CheckConstraint(
                condition=Q(mitigated_at__isnull=True)
                | Q(resolved_at__isnull=True)
                | Q(resolved_at__gte=models.F("mitigated_at")),
                name="mitigation_before_resolution",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return address_of(self.number)

    @cached_property
    def answers(self) -> dict[str, Any]:
        """What apps above answered about this row, each asked for once (incidents/hooks.py)."""
        return {}

    def can_be_written_by(self, user: "User") -> bool:
        """Whether `user` is a responder who can see it, even where the row is already in hand."""
        if not (user.is_authenticated and user.is_responder):
            return False
        return not self.is_private or Incident.objects.visible_to(user).filter(pk=self.pk).exists()

    @property
    def reference(self) -> str:
        return reference_of(self.number)

    @property
    def chain(self) -> str:
        """The name of this incident's audit chain and of its outbox subject."""
        return f"incident:{self.pk}"

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE_STATUSES

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_STATUSES

    @property
    def is_final(self) -> bool:
        return self.status in (Status.DECLINED, Status.MERGED)

    @property
    def public_status(self) -> str:
        return PUBLIC_WORDING.get(Status(self.status), "Investigating")

    @property
    def public_title(self) -> str:
        """What the newest update for the public calls it, also one that has not left yet; the title stays inside."""
        told = self.status_updates.posted().for_audience(Audience.PUBLIC).newest_first()
        return told.values_list("public_title", flat=True).first() or ""

    @property
    def began_at(self) -> datetime:
        return self.impact_started_at or self.declared_at or self.created_at

    @property
    def ended_at(self) -> datetime | None:
        return self.resolved_at if not self.is_active and self.status != Status.TRIAGE else None

    @property
    def elapsed(self) -> timedelta:
        return max((self.ended_at or timezone.now()) - self.began_at, timedelta())

    @property
    def is_retroactive(self) -> bool:
        """Declared only after it had been mitigated."""
        return bool(self.declared_at and self.mitigated_at and self.declared_at > self.mitigated_at)

    @property
    def is_detected_early(self) -> bool:
        return bool(self.detected_at and self.impact_started_at and self.detected_at < self.impact_started_at)

    def holder_of(self, role_slug: str) -> "User | None":
        """Who holds a role now; needs `with_people()` or asks once."""
        for assignment in self.loaded_roles:
            if assignment.role.slug == role_slug:
                return assignment.user
        return None

    @property
    def loaded_roles(self) -> list:
        if not hasattr(self, "running_roles"):
            self.running_roles = list(self.role_assignments.running().select_related("role", "user"))
        return self.running_roles

    @property
    def commander(self) -> "User | None":
        return self.holder_of("commander")

    @cached_property
    def affected_names(self) -> list[str]:
        """The services that are affected right now; asks once."""
        running = self.affected_services.running().worst_first()
        return [affected.service.name for affected in running]

    @cached_property
    def channel_url(self) -> str:
        """Where its people talk, or nothing; asks once."""
        return self.links.filter(kind=LinkKind.CHANNEL).values_list("url", flat=True).first() or ""

    @property
    def next_due(self) -> "UpdateSchedule | None":
        """The schedule whose update is due first, or None; from the loaded schedules."""
        due = [(s.due_at, s) for s in self.update_schedules.all() if s.due_at]
        return min(due, key=lambda pair: pair[0])[1] if due and self.is_active else None


class StatusPeriod(models.Model):
    """One stay in one status; re-entering makes another row."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="status_periods")
    status = models.CharField(max_length=20, choices=Status)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident"], condition=Q(ended_at__isnull=True), name="one_running_status_period"
            )
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.status}"


class ImpactAssessment(models.Model):
    """Five answers at declaration and the severity they suggest; another choice needs a reason."""

    class Share(models.TextChoices):
        FEW = "few", "A few"
        MANY = "many", "Many"
        MOST = "most", "Most or all"

    class Criticality(models.TextChoices):
        SIDE = "side", "A side function"
        MAIN = "main", "A main function"
        VITAL = "vital", "What we live on"

    class Answer(models.TextChoices):
        NO = "no", "No"
        UNKNOWN = "unknown", "Not known"
        YES = "yes", "Yes"

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="assessments")
    users_affected = models.CharField(max_length=10, choices=Share)
    criticality = models.CharField(max_length=10, choices=Criticality)
    data_at_risk = models.CharField(max_length=10, choices=Answer)
    has_workaround = models.CharField(max_length=10, choices=Answer)
    is_spreading = models.CharField(max_length=10, choices=Answer)
    suggested = models.ForeignKey(Severity, on_delete=models.PROTECT, related_name="+")
    chosen = models.ForeignKey(Severity, on_delete=models.PROTECT, related_name="+")
    override_reason = models.CharField(max_length=300, blank=True)
    assessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    assessed_at = models.DateTimeField()

    class Meta:
        ordering = ["-assessed_at"]

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.suggested} → {self.chosen}"

    @staticmethod
    def suggest_rank(
        *, users_affected: str, criticality: str, data_at_risk: str, has_workaround: str, is_spreading: str
    ) -> int:
        """The severity rank (1 worst … 5) that five answers suggest.

        Share and criticality give 0–4 points; data at risk, no workaround and spreading one each (unknown
        counts as yes only for data: what is not known to be safe is not safe). Data at risk is never below SEV2.
        """
        points = {"few": 0, "many": 1, "most": 2}[users_affected] + {"side": 0, "main": 1, "vital": 2}[
            criticality
        ]
        points += data_at_risk == "yes"
        points += has_workaround == "no"
        points += is_spreading == "yes"
        rank = {0: 5, 1: 4, 2: 3, 3: 2, 4: 2}.get(points, 1)
        return min(rank, 2) if data_at_risk == "yes" else min(rank, 3) if data_at_risk == "unknown" else rank
