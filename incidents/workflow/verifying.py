"""Recovery checks: add, watch, settle."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from core.text import in_both_zones
from events.incidents import RecoveryCheckAdded, RecoveryCheckSettled, RecoveryCheckWatching
from incidents.models import ChecklistKind, CheckState, Incident, RecoveryCheck
from incidents.workflow.transitions import announce, audit, check_moment, lock, lock_row, require_open
from timeline.models import Kind
from timeline.workflow import record_event


@transaction.atomic
def add_recovery_check(
    *, incident: Incident, by: User, title: str, kind: str, minutes: int | None = None, owner: Any = None
) -> RecoveryCheck:
    incident = lock(incident, by=by)
    require_open(incident)
    if not title.strip():
        raise ValidationError({"title": "Say what is to be checked."})
    if kind == ChecklistKind.SIGNAL and not minutes:
        raise ValidationError({"minutes": "Say for how many minutes it must stay normal."})
    check = RecoveryCheck.objects.create(
        incident=incident,
        title=title.strip(),
        kind=kind,
        owner=owner,
        minutes=minutes if kind == ChecklistKind.SIGNAL else None,
    )
    record_event(incident=incident, kind=Kind.CHECK, text=f"added the recovery check “{check.title}”", by=by)
    audit(incident, "recovery_check.added", by, check=check.pk, title=check.title)
    announce(incident, RecoveryCheckAdded(check=check.pk))
    return check


@transaction.atomic
def watch_recovery_check(*, check: RecoveryCheck, by: User, since: datetime | None = None) -> RecoveryCheck:
    """Start the clock of a signal that must stay normal; starting anew begins at zero."""
    incident = lock(check.incident, by=by)
    require_open(incident)
    if check.kind != ChecklistKind.SIGNAL:
        raise ValidationError("Only a signal can be watched. Answer the other checks.")
    return _watch(incident, check, by, check_moment(since))


def watch_by_itself(*, check: RecoveryCheck, since: datetime) -> RecoveryCheck:
    """The application starts the clock of a check that a data source answers; in the caller's transaction."""
    return _watch(lock_row(check.incident), check, None, since)


def _watch(incident: Incident, check: RecoveryCheck, by: User | None, since: datetime) -> RecoveryCheck:
    check.state, check.watching_since = CheckState.WATCHING, since
    check.settled_at = check.settled_by = None
    check.save()
    record_event(
        incident=incident,
        kind=Kind.CHECK,
        text=f"started watching the check “{check.title}”",
        by=by,
        occurred_at=check.watching_since,
    )
    audit(incident, "recovery_check.watching", by, check=check.pk, since=check.watching_since)
    announce(incident, RecoveryCheckWatching(check=check.pk))
    return check


@transaction.atomic
def settle_recovery_check(
    *, check: RecoveryCheck, state: str, by: User, result: str = "", at: datetime | None = None
) -> RecoveryCheck:
    """Passed, failed, or waived with a reason; `open` takes an answer back.

    A watched signal passes only when its minutes are over: until then waiving it says why not.
    """
    incident = lock(check.incident, by=by)
    require_open(incident)
    check = RecoveryCheck.objects.select_for_update(of=("self",)).get(pk=check.pk)
    moment = check_moment(at)
    if state not in (CheckState.PASSED, CheckState.FAILED, CheckState.WAIVED, CheckState.OPEN):
        raise ValidationError({"state": "Choose passed, failed or waived."})
    if (state, result.strip()) == (check.state, check.result):
        return check
    if state in (CheckState.WAIVED, CheckState.FAILED) and not result.strip():
        what = "Say why it is waived." if state == CheckState.WAIVED else "Say what was seen."
        raise ValidationError({"result": what})
    if state == CheckState.PASSED and check.kind == ChecklistKind.SIGNAL:
        if check.watch_ends_at is None:
            raise ValidationError({"state": f"Start watching “{check.title}” first."})
        if moment < check.watch_ends_at:
            raise ValidationError(
                {
                    "state": f"It must stay normal until {in_both_zones(check.watch_ends_at)}. Wait, or waive it with a reason."
                }
            )
    return _settle(incident, check, state, by, result.strip(), moment)


def settle_by_itself(*, check: RecoveryCheck, state: str, result: str) -> RecoveryCheck:
    """The application answers a check, from what a data source answered; in the caller's transaction."""
    return _settle(lock_row(check.incident), check, state, None, result, check_moment(None))


def _settle(
    incident: Incident, check: RecoveryCheck, state: str, by: User | None, result: str, moment: datetime
) -> RecoveryCheck:
    before = CheckState(check.state)
    check.state, check.result = state, result
    check.settled_by, check.settled_at = (None, None) if state == CheckState.OPEN else (by, moment)
    if state in (CheckState.OPEN, CheckState.FAILED):
        check.watching_since = None
    check.save()
    record_event(
        incident=incident,
        kind=Kind.CHECK,
        text=f"marked the check “{check.title}” as “{check.answer}”",
        detail=check.result,
        by=by,
        occurred_at=moment,
        data={"check": check.pk, "from": before, "to": state},
    )
    audit(incident, "recovery_check.settled", by, check=check.pk, state=[before, state], result=check.result)
    announce(incident, RecoveryCheckSettled(check=check.pk, state=state))
    return check
