"""Answering what administrators try: a source, or a query of it."""

import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime

from django.db import transaction
from django.db.models import Min, Q
from django.utils import timezone

from signals.models import Trial
from signals.sources.dialects import fetch, probe
from signals.sources.values import Points, SilentError, UnreadableError
from signals.workflow.refreshing import note_answer, note_silence

AT_ONCE = 4


def answer_waiting_trials() -> bool:
    """Ask for all that wait, each in a thread, which asks no database. False where there were none."""
    trials = _claim(timezone.now())
    if not trials:
        return False
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="trial") as pool:
        asked = {pool.submit(_ask, trial): trial for trial in trials}
        for done in as_completed(asked):
            points, problem, silence, took = done.result()
            _answer(asked[done], points, problem, silence, took)
    return True


@transaction.atomic
def _claim(now: datetime) -> list[Trial]:
    rows = Trial.objects.waiting(now).select_related("source").order_by("asked_at")
    found = list(rows.select_for_update(skip_locked=True, of=("self",))[:20])
    Trial.objects.filter(pk__in=[trial.pk for trial in found]).update(claimed_at=now)
    return found


def _ask(trial: Trial) -> tuple[Points, str, str, float]:
    """(values, why the query gave none, why the source did not answer, seconds)."""
    begun, now = time.monotonic(), timezone.now().replace(second=0, microsecond=0)
    points, problem, silence = {}, "", ""
    try:
        if trial.is_test:
            probe(trial.source)
        else:
            points = fetch(trial.source, query=trial.query, path=trial.path, start=now - Trial.SPAN, end=now)
    except UnreadableError as fault:
        problem = str(fault)
    except SilentError as fault:
        silence = str(fault)
    return points, problem, silence, time.monotonic() - begun


@transaction.atomic
def _answer(trial: Trial, points: Points, problem: str, silence: str, took: float) -> None:
    now = timezone.now()
    if silence:
        problem = f"{trial.source} {silence}."
        note_silence(trial.source, silence, now)
    else:
        note_answer(trial.source, now)
    Trial.objects.filter(pk=trial.pk).update(
        answered_at=now,
        problem=problem[:300],
        took=round(took, 3),
        points=[[second, value] for second, value in sorted(points.items())],
    )


def next_trial_at() -> datetime | None:
    """The past where one waits, later where a worker that took one may have been killed."""
    found = Trial.objects.filter(answered_at=None).aggregate(
        asked=Min("asked_at", filter=Q(claimed_at=None)), claimed=Min("claimed_at")
    )
    claimed: datetime | None = found["claimed"]
    asked: datetime | None = found["asked"]
    return asked or (claimed + Trial.LOST_AFTER if claimed else None)


def forget_old_trials(now: datetime) -> None:
    Trial.objects.filter(asked_at__lt=now - Trial.KEPT).delete()
