"""Whether a tracker answers: noted with each call, so that one that does not is left alone for a while."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from trackers.face import OF_THE_TRACKER, Problem, TrackerError
from trackers.models import Tracker
from trackers.models.trackers import LONGEST_PROBLEM

ANSWERS_NOTED = timedelta(minutes=1)
SIGN_IN_PAUSE = timedelta(minutes=15)


@transaction.atomic
def note_trouble(tracker_id: int, error: TrackerError, now: datetime) -> None:
    """What holds for all its tickets. What is wrong with one of them shows that it answers."""
    if error.problem not in OF_THE_TRACKER:
        if error.is_answer:
            note_answer(tracker_id, now)
        return
    tracker = Tracker.objects.select_for_update(of=("self",)).filter(pk=tracker_id).first()
    if tracker is None:
        return
    tracker.problem, tracker.problem_words = error.problem, error.words[:LONGEST_PROBLEM]
    tracker.failing_since = tracker.failing_since or now
    tracker.failures += 1
    pause: timedelta = Tracker.FIRST_PAUSE * 2 ** min(tracker.failures - 1, 10)
    if error.problem == Problem.SIGN_IN:
        pause = SIGN_IN_PAUSE
    tracker.retry_at = error.retry_at or now + min(pause, Tracker.LONGEST_PAUSE)
    tracker.save(update_fields=["problem", "problem_words", "failing_since", "failures", "retry_at"])


def note_answer(tracker_id: int, now: datetime) -> None:
    """It answers. Written once a minute at most, or where it did not before. It is left alone for as long as it said,
    whatever it still answers to what was asked before."""
    usual = Q(problem="") | Q(
        problem__in=OF_THE_TRACKER
    )  # what else a look found wrong, the next look decides
    rows = Tracker.objects.filter(usual, pk=tracker_id).exclude(problem=Problem.LIMITED, retry_at__gt=now)
    stale = rows.filter(problem="", retry_at=None, answered_at__gt=now - ANSWERS_NOTED)
    rows.exclude(pk__in=stale.values("pk")).update(
        answered_at=now, problem="", problem_words="", failing_since=None, failures=0, retry_at=None
    )
