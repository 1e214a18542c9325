"""Keeping Alertmanager at the silences that people want, and noting which alerts are kept quiet there.

In a worker only. The database says what is wanted; each source is asked in a thread of its own, outside transactions.
What was done before an answer got lost is found by its comment and not done twice.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, Min, OuterRef, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from alerts.models import Alert, AlertChange, EndedBy, Silence
from alerts.observed import Observed, Parsed, Told
from alerts.workflow import take_in, takes_alerts, wait_for_others
from alerts.workflow.silencing import hold_silence, note_end
from core.notify import notify_incident
from integrations.models import Integration
from signals.models import DataSource
from signals.sources.alertmanager import (
    LONGEST,
    RefusedError,
    RemoteSilence,
    Suppressed,
    end_silence,
    find_silence,
    get_silence,
    is_firing,
    put_silence,
    suppressed_alerts,
)
from signals.sources.values import SilentError, UnreadableError
from signals.workflow.refreshing import note_answer, note_silence

AT_ONCE = 50
SOURCES_AT_ONCE = 6
A_TURN = 20.0  # seconds of one source; with a call that hangs it is shorter than a claim
MOST_WERE = 500
CLOCKS = timedelta(seconds=5)  # how far two may be apart
MOST_ASKED = 20  # details of silences, and alerts that may have ended, of one turn
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(minutes=15)
ASKED_EVERY = timedelta(minutes=1)
TRANSIENT = (SilentError, UnreadableError)
type Detail = tuple[datetime | None, str]
"""Until when an alert is quiet, and why."""


@dataclass
class Step:
    """What is to be done about one silence, and how it went."""

    silence: Silence
    is_wanted: bool
    until: datetime
    remote_id: str = ""
    remote_until: datetime | None = None
    is_taken: bool = False
    has_changed: bool = False  # it was made, renewed or ended there
    is_gone: bool = False
    refusal: str = ""
    problem: str = ""


@dataclass
class Quiet:
    """Which alerts of an integration are quiet there, and which that were are over."""

    integration: Integration
    were: list[Alert]
    now: dict[str, tuple[datetime | None, str]] = field(default_factory=dict)
    over: list[Alert] = field(default_factory=list)
    asked_at: datetime | None = None
    problem: str = ""


def keep_due_silences(now: datetime | None = None) -> bool:
    """Whether there was anything to do."""
    now = now or timezone.now()
    steps, quiets = _claim_silences(now), _claim_questions(now)
    by_source: dict[int, list[Callable[[], None]]] = defaultdict(list)
    for step in steps:
        by_source[step.silence.source_id].append(partial(_take_step, step, now))
    for quiet in quiets:
        by_source[quiet.integration.silenced_in_id or 0].append(partial(_ask, quiet))
    if not by_source:
        return False
    with ThreadPoolExecutor(SOURCES_AT_ONCE, thread_name_prefix="silences") as pool:
        list(pool.map(_in_turn, by_source.values()))
    for step in steps:
        _settle(step, timezone.now())
    for quiet in quiets:
        _store(quiet, timezone.now())
    _note_sources(steps, quiets, timezone.now())
    return True


def next_silence_work_at() -> datetime | None:
    """None where nothing is silenced and no alert fires that could be."""
    due: datetime | None = Silence.objects.aggregate(at=Min("next_at"))["at"]
    asked = list(_asked().values_list("ask_at", flat=True))
    return min((at for at in (due, *(at or timezone.now() for at in asked)) if at), default=None)


def _in_turn(calls: list[Callable[[], None]]) -> None:
    ends = time.monotonic() + A_TURN
    for call in calls:
        if time.monotonic() > ends:
            break
        call()


@transaction.atomic
def _claim_silences(now: datetime) -> list[Step]:
    rows = Silence.objects.due(now).select_related("source", "incident", "alert", "made_by")
    silences = list(rows.select_for_update(skip_locked=True, of=("self",))[:AT_ONCE])
    Silence.objects.filter(pk__in=[one.pk for one in silences]).update(
        next_at=now + Silence.EVERY, attempts=F("attempts") + 1
    )
    return [Step(one, _is_wanted(one, now), one.until or now + Silence.LEASE) for one in silences]


def _is_wanted(silence: Silence, now: datetime) -> bool:
    if silence.ended_at is not None:
        return False
    if silence.until is not None:
        return silence.until > now
    return silence.incident is not None and takes_alerts(silence.incident)


def _take_step(step: Step, now: datetime) -> None:
    step.is_taken = True
    try:
        _take(step, now)
    except RefusedError as refusal:
        step.refusal = str(refusal)
    except TRANSIENT as problem:
        step.problem = str(problem)


def _take(step: Step, now: datetime) -> None:
    """Asks no database."""
    silence, source = step.silence, step.silence.source
    step.remote_id, step.remote_until = silence.remote_id, silence.remote_until
    known = _known(silence)
    if known is not None:
        step.remote_id, step.remote_until = known.pk, known.ends_at
    if not step.is_wanted:
        if known is not None and not known.is_over:
            end_silence(source, known.pk)
            step.has_changed = True
        return
    if known is not None and known.is_over:
        lasted = silence.remote_until is None or known.ends_at >= silence.remote_until - CLOCKS
        if not lasted:
            step.is_gone = True
            return
    elif known is not None and known.ends_at - now > min(Silence.RENEWED_BEFORE, step.until - now - CLOCKS):
        return
    step.remote_id = put_silence(
        source,
        matchers=silence.matchers,
        starts_at=now if known is None or known.is_over else known.starts_at,
        ends_at=step.until,
        created_by=str(silence.made_by or "Allclear"),
        comment=_comment(silence),
        pk=known.pk if known else "",
    )
    step.remote_until, step.has_changed = step.until, True


def _known(silence: Silence) -> RemoteSilence | None:
    """The silence as it is there. One whose making was not answered is found by its comment."""
    if silence.remote_id:
        return get_silence(silence.source, silence.remote_id)
    if silence.attempts:
        return find_silence(silence.source, matchers=silence.matchers, comment=_comment(silence))
    return None


def _comment(silence: Silence) -> str:
    """What Alertmanager shows. The address makes it the only one of its kind."""
    address = f"{settings.PUBLIC_URL}{silence.alert.get_absolute_url()}#silence-{silence.pk}"
    words = " ".join(silence.comment.split())[: max(LONGEST - len(address) - 1, 0)].rstrip()
    return f"{words} {address}".strip()[:LONGEST]


@transaction.atomic
def _settle(step: Step, now: datetime) -> None:
    silence = hold_silence(step.silence)
    if silence is None:
        return
    if not step.is_taken:
        silence.next_at = now
    else:
        silence.remote_id, silence.remote_until = step.remote_id, step.remote_until
        silence.problem = (step.problem or step.refusal)[:300]
        silence.failures = silence.failures + 1 if step.problem else 0
        silence.next_at = _retry_at(silence, step, now) if step.problem else _next_look(silence, step, now)
    silence.save(update_fields=["remote_id", "remote_until", "problem", "failures", "next_at"])
    is_over = not step.is_wanted or (step.is_taken and (step.is_gone or step.refusal != ""))
    if silence.is_in_force and is_over:
        note_end(silence, reason=_reason(step))
    if step.has_changed or step.is_gone:  # what is quiet there now is asked at once
        Integration.objects.filter(alerts=silence.alert_id).update(quiet_asked_at=None)
    if silence.alert.incident_id:
        notify_incident(incident_id=silence.alert.incident_id, what="head")


def _retry_at(silence: Silence, step: Step, now: datetime) -> datetime | None:
    """None where there is nothing left to end: it ran out there."""
    ran_out_at = silence.remote_until or silence.until or silence.made_at + Silence.LEASE
    if not step.is_wanted and ran_out_at <= now:
        return None
    pause: timedelta = FIRST_PAUSE * 2 ** min(silence.failures - 1, 10)
    return now + min(pause, LONGEST_PAUSE)


def _next_look(silence: Silence, step: Step, now: datetime) -> datetime | None:
    if not step.is_wanted or step.is_gone or step.refusal:
        return None
    if not silence.is_in_force:  # somebody ended it meanwhile
        return now
    return min(now + Silence.EVERY, step.until)


def _reason(step: Step) -> str:
    if step.refusal:
        return EndedBy.REFUSED
    if step.is_gone:
        return EndedBy.THERE
    return EndedBy.TIME if step.silence.until else EndedBy.INCIDENT


def _asked() -> Any:
    """Integrations with open alerts whose Alertmanager is asked, with `ask_at`; None is at once."""
    is_open = Alert.objects.open().filter(integration=OuterRef("pk"), is_test=False)
    rows = Integration.objects.filter(Exists(is_open), silenced_in__isnull=False, paused_at=None).order_by()
    return rows.annotate(ask_at=Greatest(F("quiet_asked_at") + ASKED_EVERY, F("silenced_in__retry_at")))


@transaction.atomic
def _claim_questions(now: datetime) -> list[Quiet]:
    rows = _asked().filter(Q(ask_at=None) | Q(ask_at__lte=now)).select_related("silenced_in", "account")
    found = list(rows.select_for_update(skip_locked=True, of=("self",))[:AT_ONCE])
    Integration.objects.filter(pk__in=[one.pk for one in found]).update(quiet_asked_at=now)
    return [
        Quiet(one, list(Alert.objects.open().filter(integration=one, quiet_since__isnull=False)[:MOST_WERE]))
        for one in found
    ]


def _ask(quiet: Quiet) -> None:
    """Asks no database."""
    source = quiet.integration.silenced_in
    assert source is not None
    quiet.asked_at, ends = timezone.now(), time.monotonic() + A_TURN
    try:
        found = suppressed_alerts(source)
        details: dict[str, Detail | None] = {}
        for one in found:
            quiet.now[one.fingerprint] = _detail(source, one, details, ends)
        gone = [alert for alert in quiet.were if alert.dedup_key not in quiet.now][:MOST_ASKED]
        for alert in gone:
            if time.monotonic() < ends and not is_firing(source, _short(alert.labels), alert.dedup_key):
                quiet.over.append(alert)
    except TRANSIENT as problem:
        quiet.problem = str(problem)


def _short(labels: dict[str, str]) -> dict[str, str]:
    """Some that narrow the question; long ones may have been cut when they were stored."""
    return dict([(name, value) for name, value in sorted(labels.items()) if len(value) < 200][:10])


def _detail(source: DataSource, one: Suppressed, known: dict[str, Detail | None], ends: float) -> Detail:
    """Until when and why it is quiet, by the silence that ends last. In `known`, None is one that is not there."""
    if not one.silenced_by:
        return None, "Inhibited by another alert"
    for pk in one.silenced_by:
        if pk not in known and len(known) < MOST_ASKED and time.monotonic() < ends:
            known[pk] = None
            silence = get_silence(source, pk)
            if silence is None:
                continue
            by = f"Silenced by {silence.created_by}" if silence.created_by else "Silenced"
            own = f"{settings.PUBLIC_URL}/"  # stands behind the comment of one that was made here
            words = silence.comment.partition(own)[0].strip()
            known[pk] = silence.ends_at, f"{by}: {words}" if words else by
    of_it = [told for pk in one.silenced_by if (told := known.get(pk))]
    return max(of_it, key=lambda each: each[0].timestamp() if each[0] else 0.0, default=(None, "Silenced"))


@transaction.atomic
def _store(quiet: Quiet, now: datetime) -> None:
    if quiet.problem or quiet.asked_at is None:
        return
    integration = quiet.integration
    wait_for_others(integration.pk)
    rows = Alert.objects.open().filter(integration=integration, is_test=False)
    wanted = rows.filter(Q(dedup_key__in=list(quiet.now)) | Q(quiet_since__isnull=False))
    changed = []
    for alert in wanted.select_for_update(of=("self",)).order_by("pk"):
        until, reason = quiet.now.get(alert.dedup_key, (None, ""))
        told = (alert.dedup_key in quiet.now, until, reason[:300])
        if told != (alert.quiet_since is not None, alert.quiet_until, alert.quiet_reason):
            changed.append((alert, told[0] != (alert.quiet_since is not None)))
            alert.quiet_since = (alert.quiet_since or now) if told[0] else None
            alert.quiet_until, alert.quiet_reason = told[1:]
    Alert.objects.bulk_update([alert for alert, _ in changed], ["quiet_since", "quiet_until", "quiet_reason"])
    _note_changes([alert for alert, is_another in changed if is_another], now)
    if quiet.over:
        ends = tuple(
            Observed(dedup_key=one.dedup_key, state=Told.RESOLVED, title="", at=quiet.asked_at)
            for one in quiet.over
        )  # as of then: it may have fired anew since
        take_in(integration=integration, parsed=Parsed(ends), received_at=now, by=integration.account)


def _note_changes(alerts: list[Alert], now: datetime) -> None:
    """What was silenced or ended there. Silences of people here are noted by their verbs."""
    here = set(Silence.objects.in_force().filter(alert__in=alerts).values_list("alert", flat=True))
    kind = {True: AlertChange.Kind.SILENCED, False: AlertChange.Kind.UNSILENCED}
    AlertChange.objects.bulk_create(
        AlertChange(alert=alert, kind=kind[alert.quiet_since is not None], received_at=now)
        for alert in alerts
        if alert.pk not in here
    )


def _note_sources(steps: Iterable[Step], quiets: Iterable[Quiet], now: datetime) -> None:
    """How each source did, for its page; one that is silent is asked less often."""
    told: dict[int, tuple[DataSource, str]] = {}
    for source, problem in (
        *((one.silence.source, one.problem) for one in steps),
        *((one.integration.silenced_in, one.problem) for one in quiets if one.integration.silenced_in),
    ):
        told[source.pk] = (
            source,
            told[source.pk][1] if source.pk in told and told[source.pk][1] else problem,
        )
    for source, problem in told.values():
        if problem:
            note_silence(source, problem, now)
        else:
            note_answer(source, now)
