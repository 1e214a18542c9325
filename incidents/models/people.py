"""Who is on an incident, and who holds which role."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, Func, OuterRef, Q

from accounts.models import User, UserQuerySet
from incidents.models.catalogue import Role
from incidents.models.incident import Incident, IncidentQuerySet

HERE_NOW = timedelta(minutes=2)


class RoleAssignmentQuerySet(models.QuerySet):
    def running(self) -> "RoleAssignmentQuerySet":
        return self.filter(ended_at__isnull=True).order_by("role__order", "started_at")


class RoleAssignment(models.Model):
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="role_assignments")
    role = models.ForeignKey(Role, on_delete=models.PROTECT)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="role_assignments"
    )
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    handover_note = models.TextField(blank=True)

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "role", "user"], condition=Q(ended_at__isnull=True), name="role_held_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.user}"


MERGE_GAP = timedelta(minutes=30)
"""Stretches of work with a shorter gap between them are one."""
SHORTEST_STRETCH = timedelta(minutes=5)
"""As long a stretch counts, at least."""
GAP = f"interval '{MERGE_GAP.total_seconds():.0f} seconds'"
# Every stretch is made longer by the gap that is merged, and the gap is taken off again at its end.
MERGED = f"""FROM unnest((
    SELECT range_agg(tstzrange(a, b + {GAP})) FROM (
      SELECT started_at AS a, greatest(started_at, last_at) AS b FROM incidents_activitysession
      WHERE participation_id = incidents_participation.id
      UNION ALL SELECT joined_at, left_at WHERE left_at >= joined_at) AS stretch)) AS one"""  # noqa: S608
AFTER_GAP = f"upper(one) - {GAP}"
SECONDS = f"greatest(date_part('epoch', {AFTER_GAP} - lower(one)), {SHORTEST_STRETCH.total_seconds():.0f})"


class ParticipationQuerySet(models.QuerySet):
    def count_work(self) -> int:
        """Store when each person worked: from joined to left, and stretches of activity, merged.

        In the transaction of whoever changed one of the moments. Returns the number of rows.
        """
        return self.update(
            worked_from=Func(template=f"ARRAY(SELECT lower(one) {MERGED} ORDER BY one)"),
            worked_until=Func(template=f"ARRAY(SELECT {AFTER_GAP} {MERGED} ORDER BY one)"),
            worked_seconds=Func(template=f"(SELECT sum({SECONDS}) {MERGED})"),
        )


class Participation(models.Model):
    """That somebody is on an incident; for a private one, this row is the reach.

    `joined_at` is when they joined last. Each time that they were on it before is one of `sessions`.
    `worked_from`, `worked_until` and `worked_seconds` follow from the moments here and those of `sessions`;
    `count_work` stores them.
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="participations")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="participations"
    )
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    last_active_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True, help_text="Up to when “catch me up” has been read.")
    access_revoked_at = models.DateTimeField(null=True, blank=True)
    worked_from = ArrayField(models.DateTimeField(), default=list, editable=False)
    worked_until = ArrayField(models.DateTimeField(), default=list, editable=False)
    worked_seconds = models.FloatField(null=True, editable=False)

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        ordering = ["joined_at"]
        constraints = [models.UniqueConstraint(fields=["incident", "user"], name="one_participation_each")]
        indexes = [  # what every list asks about whoever reads it: answered without the rows
            models.Index(
                fields=["user", "incident"],
                condition=Q(access_revoked_at__isnull=True),
                name="participation_reach",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} on {self.incident_id}"


def people_reaching(incident: Incident) -> UserQuerySet:
    """Everybody whose reach (`Incident.objects.visible_to`) holds this incident: the same rule from its other side."""
    people = User.objects.active()
    if not incident.is_private:
        return people
    on_it = Participation.objects.filter(
        incident=incident, user=OuterRef("pk"), access_revoked_at__isnull=True
    )
    return people.filter(Q(sees_private_incidents=True) | Exists(on_it))


def incidents_for(reader: User | None) -> IncidentQuerySet:
    """What a message to this person may be about; what goes to an address or channel is about nothing private."""
    if reader is None:
        return Incident.objects.filter(is_private=False)
    return Incident.objects.visible_to(reader)


class Presence(models.Model):
    """That somebody has the incident open right now; its stream keeps the time fresh."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "user"], name="one_presence_each")]

    def __str__(self) -> str:
        return f"{self.user} at {self.incident_id}"


class ActivitySession(models.Model):
    """A stretch of being active on an incident; what follows within `MERGE_GAP` is the same stretch. Also from joined to
    left of somebody who came back.
    """

    participation = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="sessions")
    started_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["started_at"]

    def __str__(self) -> str:
        return f"{self.participation_id} from {self.started_at:%H:%M}"
