"""The session on one shared screen: who presents it, who follows, who has finished a part, who facilitates."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.models import User
from audit import context
from events.retrospectives import AgendaChanged, RetrospectiveFramed
from retros.models import AgendaItem, FinishedPart, Retrospective, RetrospectiveStatus
from retros.permissions import possible_facilitators, takes_part
from retros.workflow.common import announce, audit, lock, lock_to_facilitate, save


@transaction.atomic
def present(*, retrospective: Retrospective, by: User) -> Retrospective:
    """Show the session on this person's screen; whoever presented before does not any more."""
    retrospective = lock_to_facilitate(retrospective, by=by)
    _check_running(retrospective)
    if retrospective.presenter_id != by.pk:
        retrospective.presenter, retrospective.called_at = by, context.now()
        save(retrospective, "presenter", "called_at")
        audit(retrospective, "session.presented", by)
        announce(retrospective, AgendaChanged(do="present"))
    return retrospective


@transaction.atomic
def stop_presenting(*, retrospective: Retrospective, by: User) -> Retrospective:
    """Once more changes nothing."""
    retrospective = lock_to_facilitate(retrospective, by=by)
    if retrospective.presenter_id is not None:
        retrospective.presenter = None
        save(retrospective, "presenter")
        announce(retrospective, AgendaChanged(do="stop_presenting"))
    return retrospective


@transaction.atomic
def call_everyone(*, retrospective: Retrospective, by: User) -> Retrospective:
    """Bring all who follow to the part that is on, also those who had gone elsewhere."""
    retrospective = lock_to_facilitate(retrospective, by=by)
    _check_running(retrospective)
    if retrospective.presenter_id is None:
        raise ValidationError("Nobody presents the session.")
    retrospective.called_at = context.now()
    save(retrospective, "called_at")
    announce(retrospective, AgendaChanged(do="call"))
    return retrospective


@transaction.atomic
def finish_part(*, item: AgendaItem, by: User, is_finished: bool = True) -> None:
    """Say that one has written what one wanted to, or that one goes on."""
    retrospective = lock(item.retrospective, by=by)
    _check_running(retrospective)
    if is_finished:
        FinishedPart.objects.get_or_create(item=item, person=by)
    else:
        FinishedPart.objects.filter(item=item, person=by).delete()
    announce(retrospective, AgendaChanged(do="finish"), what="finished")


@transaction.atomic
def take_facilitation(*, retrospective: Retrospective, by: User) -> Retrospective:
    """Whoever takes part can go on where the facilitator cannot."""
    retrospective = lock(retrospective, by=by)
    _check_running(retrospective)
    return _facilitate(retrospective, by, by)


@transaction.atomic
def hand_over_facilitation(*, retrospective: Retrospective, by: User, to: User) -> Retrospective:
    retrospective = lock_to_facilitate(retrospective, by=by)
    _check_running(retrospective)
    if not takes_part(to, retrospective):
        raise ValidationError({"to": f"{to} does not take part."})
    return _facilitate(retrospective, to, by)


def _facilitate(retrospective: Retrospective, person: User, by: User) -> Retrospective:
    if person not in possible_facilitators(retrospective):
        raise PermissionDenied("Only responders who take part can facilitate.")
    if retrospective.facilitator_id == person.pk:
        return retrospective
    before, retrospective.facilitator = retrospective.facilitator, person
    fields = ["facilitator"]
    if retrospective.presenter_id is not None:
        retrospective.presenter = None  # it is on the screen of whoever facilitated
        fields.append("presenter")
    save(retrospective, *fields)
    audit(retrospective, "facilitation.taken", by, facilitator=[str(before or ""), str(person)])
    announce(retrospective, RetrospectiveFramed())
    return retrospective


def _check_running(retrospective: Retrospective) -> None:
    if retrospective.status != RetrospectiveStatus.IN_SESSION:
        raise ValidationError("No session is running.")
