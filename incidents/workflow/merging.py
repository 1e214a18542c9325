"""Merging a duplicate into another incident."""

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit import context
from events.incidents import IncidentMerged
from incidents.models import Incident, Status
from incidents.workflow.people import join
from incidents.workflow.schedules import reschedule
from incidents.workflow.transitions import announce, audit, end_running_impacts, enter_status, lock, save
from timeline.models import Kind
from timeline.workflow import record_event


@transaction.atomic
def merge_incident(*, incident: Incident, into: Incident, by: User) -> Incident:
    """Fold a duplicate into another incident; both timelines say so.

    The people come along, unless the other is private: there they are added by name.
    """
    first, second = sorted((incident.pk, into.pk))  # one order for everybody: two merges never deadlock
    list(Incident.objects.select_for_update().filter(pk__in=[first, second]).order_by("pk"))
    incident, into = lock(incident, by=by), lock(into, by=by)
    if incident.pk == into.pk:
        raise ValidationError({"into": "An incident cannot be merged into itself."})
    if incident.is_final or incident.status == Status.CLOSED:
        raise ValidationError(f"{incident.reference} is already {incident.get_status_display().lower()}.")
    if into.is_final:
        raise ValidationError(
            {"into": f"{into.reference} is {into.get_status_display().lower()}. Choose another."}
        )
    if incident.is_private and not into.is_private:
        raise ValidationError({"into": f"{incident.reference} is private. Merge it into a private incident."})
    now = context.now()
    enter_status(incident, Status.MERGED, now)
    incident.merged_into = into
    save(incident, "status", "merged_into")
    incident.role_assignments.filter(ended_at__isnull=True).update(ended_at=now)
    end_running_impacts(incident, now)
    reschedule(incident)
    if not into.is_private:  # being on a private one is the reach; only somebody on it gives that
        list(into.participations.order_by("pk").select_for_update())  # in the order of whoever holds many
        for participation in incident.participations.filter(left_at__isnull=True).select_related("user"):
            join(into, participation.user)
    target = "a private incident" if into.is_private and not incident.is_private else into.reference
    record_event(incident=incident, kind=Kind.STATUS, text=f"merged this into {target}", by=by)
    record_event(
        incident=into,
        kind=Kind.FACT,
        text=f"merged {incident.reference} into this",
        detail="" if incident.is_private else incident.title,
        by=by,
    )
    audit(incident, "incident.merged", by, into=target)
    audit(into, "incident.absorbed", by, merged=incident.reference)
    announce(incident, IncidentMerged(by=by.pk, into=into.pk))
    return incident
