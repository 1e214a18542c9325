"""Recovery checks that a signal answers: they start when the incident is mitigated, and pass or fail by themselves."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit import context
from core.text import in_both_zones
from figures.signal import Mark
from incidents.models import ChecklistKind, CheckState, Incident, RecoveryCheck, Status
from incidents.workflow import add_recovery_check
from incidents.workflow.transitions import audit, lock, lock_row, require_open
from incidents.workflow.verifying import settle_by_itself, watch_by_itself
from signals.keepsakes import PICTURE, kept_chart
from signals.models import MINUTE, RangeKind, Signal, SignalCheck
from signals.progress import Progress, progress_of
from signals.samples import read_bands, read_samples, written
from signals.workflow.capturing import require_of_incident
from signals.workflow.looking import refresh_soon
from timeline.workflow import attach_proof

RUNNING = (CheckState.OPEN, CheckState.WATCHING)
BEFORE = timedelta(minutes=10)
"""As much of the time before a check begins is on its chart."""


@transaction.atomic
def check_by_signal(
    *,
    incident: Incident,
    signal: Signal,
    by: User,
    minutes: int = 10,
    title: str = "",
    check: RecoveryCheck | None = None,
) -> SignalCheck:
    """A recovery check that passes when the signal was normal for so many minutes in a row after the mitigation.

    With `check`, one that is there is answered by the signal from now on.
    """
    incident = lock(incident, by=by)
    require_open(incident)
    require_of_incident(incident, signal)
    if signal.range_kind == RangeKind.NONE:
        raise ValidationError({"signal": f"{signal} has no normal range. An administrator can set one."})
    if not 1 <= minutes <= 24 * 60:
        raise ValidationError({"minutes": "Choose 1 to 1,440 minutes."})
    if check is None:
        title = title.strip() or f"{signal} normal for {minutes} min"
        check = add_recovery_check(
            incident=incident, by=by, title=title, kind=ChecklistKind.SIGNAL, minutes=minutes
        )
    else:
        check = _taken_over(incident, check, minutes)
    made, _is_new = SignalCheck.objects.update_or_create(
        check_row=check,
        defaults={"signal": signal, "added_at": context.now(), "normal_since": None, "proof": None},
    )
    audit(incident, "recovery_check.by_signal", by, check=check.pk, signal=signal.name, minutes=minutes)
    refresh_soon(incident, context.now())
    return made


def _taken_over(incident: Incident, check: RecoveryCheck, minutes: int) -> RecoveryCheck:
    check = RecoveryCheck.objects.select_for_update(of=("self",)).get(pk=check.pk, incident=incident)
    if check.kind != ChecklistKind.SIGNAL:
        raise ValidationError({"check": "Only a check of a signal can be answered by one."})
    if check.is_settled:
        raise ValidationError({"check": f"“{check.title}” is answered already."})
    check.minutes = minutes
    check.save(update_fields=["minutes"])
    return check


def has_running_checks(incident: Incident) -> bool:
    return SignalCheck.objects.filter(check_row__incident=incident, check_row__state__in=RUNNING).exists()


def run_checks(incident: Incident, now: datetime | None = None) -> None:
    """What the stored samples say of all checks of an incident. A worker calls it after each refresh."""
    now = now or timezone.now()
    rows = SignalCheck.objects.filter(check_row__incident=incident, check_row__state__in=RUNNING)
    for pk in rows.values_list("pk", flat=True):
        run_check(pk, now)


@transaction.atomic
def run_check(pk: int, now: datetime) -> None:
    """Start it, count, pass or fail.

    A check that somebody has answered meanwhile stays as they said; one whose signal was removed is people's again.
    """
    of_check = Incident.objects.filter(recovery_checks__by_signal=pk).first()
    if of_check is None:
        return
    incident = lock_row(of_check)
    # As it is now: until the incident was locked, another signal may have been chosen.
    rows = SignalCheck.objects.select_related("signal__service", "signal__source")
    found = rows.select_for_update(of=("self",)).filter(pk=pk).first()
    if found is None:
        return
    check = RecoveryCheck.objects.select_for_update(of=("self",)).get(pk=found.check_row_id)
    check.incident = incident
    if incident.status != Status.MITIGATED or check.state not in RUNNING:
        return
    if check.state == CheckState.OPEN or check.watching_since is None:
        mitigated_at = incident.mitigated_at if found.proof_id is None else None
        check = watch_by_itself(check=check, since=mitigated_at or now)
    found.check_row = check
    progress = progress_to_now(found, now)
    SignalCheck.objects.filter(pk=pk).update(normal_since=progress.normal_since)
    if progress.has_passed(check.minutes or 0):
        _settle(found, CheckState.PASSED, progress, now)
    elif found.fails_at and now >= found.fails_at and progress.is_fresh and progress.is_abnormal:
        _settle(found, CheckState.FAILED, progress, now)


def progress_to_now(found: SignalCheck, now: datetime) -> Progress:
    since = found.check_row.watching_since
    if since is None:
        return Progress()
    points = read_samples([found.signal], since, now).get(found.signal_id, {})
    bands = read_bands([found.signal], since, now).get(found.signal_id, [])
    return progress_of(points, bands, since, now)


def _settle(found: SignalCheck, state: CheckState, progress: Progress, now: datetime) -> None:
    value = written(progress.last_value, found.signal.unit)
    if state == CheckState.PASSED and progress.normal_since:
        result = f"{found.signal} {value}, normal since {in_both_zones(progress.normal_since)}"
    else:
        result = f"{found.signal} {value}, not normal"
    found.proof_id = _keep_proof(found, now)
    found.save(update_fields=["proof"])
    settle_by_itself(check=found.check_row, state=state, result=result[:300])


def _keep_proof(found: SignalCheck, now: datetime) -> int:
    """The chart of the check with its values, on the timeline."""
    check, signal = found.check_row, found.signal
    assert check.watching_since is not None
    times = (check.watching_since - BEFORE, now.replace(second=0, microsecond=0) + MINUTE)
    points = read_samples([signal], *times).get(signal.pk, {})
    bands = read_bands([signal], *times).get(signal.pk, [])
    marks = [Mark(check.watching_since.timestamp(), "Check began", "milestone")]
    kept = kept_chart(signal, points, bands, marks, times, check.title)
    made = attach_proof(
        incident=check.incident,
        title=check.title,
        body=kept.body,
        file=kept.file,
        file_type=PICTURE,
        data=kept.data,
    )
    return made.pk
