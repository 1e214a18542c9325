"""What happens to an update before it is sent: approved, returned to its author, withdrawn."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.models import User
from audit import context
from events.status_updates import StatusUpdateReturned, StatusUpdateWithdrawn
from incidents.models import StatusUpdate, UpdateState
from incidents.workflow.communicating import TIME_TO_UNDO, approvers, publish
from incidents.workflow.impact import take_back_impacts
from incidents.workflow.schedules import reschedule
from incidents.workflow.ticking import open_tasks_again
from incidents.workflow.transitions import announce, audit, lock
from timeline.models import Kind
from timeline.workflow import record_event

NOT_AN_APPROVER = (
    "Only the commander or the deputy can decide about this update, and only if they had the role before it was "
    "written. If the role has changed since, ask the author to post the update again."
)


@transaction.atomic
def approve_status_update(*, update: StatusUpdate, by: User) -> StatusUpdate:
    """Publish it; only the commander or the deputy can, see `approvers`."""
    update = _waiting(update, by=by)
    if reason := out_of_date(update):
        raise ValidationError(f"{reason} Return it so that its author can correct it.")
    now = context.now()
    if update.next_update_at and update.next_update_at <= now:
        raise ValidationError(
            "The time of its next update has passed. Return it, so that its author sets a new time."
        )
    update.state, update.severity = UpdateState.POSTED, update.incident.severity
    update.approver, update.approved_at = by, now
    update.posted_at, update.leaves_at = now, now + TIME_TO_UNDO
    update.save(update_fields=["state", "severity", "approver", "approved_at", "posted_at", "leaves_at"])
    audit(update.incident, "status_update.approved", by, update=update.pk)
    publish(update, by=by)
    return update


def out_of_date(update: StatusUpdate) -> str:
    """Why an update that waits is not true any more: it would take what its readers know back to what was before."""
    if update.status == update.incident.status:
        return ""
    now = update.incident.get_status_display().lower()
    return f"It was written when the status was {update.get_status_display().lower()}. It is {now} now."


@transaction.atomic
def return_status_update(*, update: StatusUpdate, by: User, reason: str) -> StatusUpdate:
    """Give it back to its author, who may post it again in other words."""
    update = _waiting(update, by=by)
    if not reason.strip():
        raise ValidationError({"reason": "Say what should be different."})
    update.state, update.return_reason = UpdateState.RETURNED, reason.strip()
    update.corrects = None
    update.save(update_fields=["state", "return_reason", "corrects"])
    record_event(
        incident=update.incident,
        kind=Kind.FACT,
        text=f"returned the update of {update.author}",
        detail=update.return_reason,
        by=by,
    )
    audit(update.incident, "status_update.returned", by, update=update.pk, reason=update.return_reason)
    announce(
        update.incident,
        StatusUpdateReturned(update=update.pk, recipients=[update.author_id], reason=update.return_reason),
    )
    return update


@transaction.atomic
def withdraw_status_update(*, update: StatusUpdate, by: User) -> StatusUpdate:
    """Take an update back before anything of it has left; afterwards it can only be corrected.

    The component states that were set with it are taken back, too.
    What it was to correct can then be corrected by another one.
    """
    incident = lock(update.incident, by=by)
    update = StatusUpdate.objects.select_for_update().get(pk=update.pk)
    update.incident = incident
    if update.state == UpdateState.WITHDRAWN:
        return update
    if by.pk not in {update.author_id, update.approver_id} and by not in approvers(incident):
        raise PermissionDenied("Only the author, the commander or the deputy can withdraw an update.")
    if not update.can_be_withdrawn(context.now()):
        raise ValidationError("It was sent already. Correct it instead.")
    was_posted = update.state == UpdateState.POSTED
    update.state, update.corrects = UpdateState.WITHDRAWN, None
    update.save(update_fields=["state", "corrects"])
    take_back_impacts(incident=incident, changes=update.impacts_set, by=by, as_if_never=was_posted)
    update.events.update(removed_at=context.now())
    open_tasks_again(incident)
    record_event(incident=incident, kind=Kind.FACT, text="withdrew an update before it was sent", by=by)
    reschedule(incident)
    audit(incident, "status_update.withdrawn", by, update=update.pk)
    announce(incident, StatusUpdateWithdrawn(update=update.pk))
    return update


def _waiting(update: StatusUpdate, *, by: User) -> StatusUpdate:
    """The update's row, locked with its incident; for whoever may approve it."""
    incident = lock(update.incident, by=by)
    update = StatusUpdate.objects.select_for_update().get(pk=update.pk)
    update.incident = incident
    if by not in approvers(incident, update):
        raise PermissionDenied(NOT_AN_APPROVER)
    if update.state != UpdateState.AWAITING:
        raise ValidationError(f"This update is {update.get_state_display().lower()} already.")
    return update
