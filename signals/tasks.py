"""Jobs of a worker (settings.JOBS). Each may run twice at the same time."""

from django.utils import timezone

from signals.samples import forget_old_samples
from signals.workflow.refreshing import next_refresh_at, refresh_due_signals
from signals.workflow.trying import answer_waiting_trials, forget_old_trials, next_trial_at

__all__ = ["answer_trials", "forget_old", "next_refresh_at", "next_trial_at", "refresh_signals"]


def refresh_signals() -> None:
    refresh_due_signals()


def answer_trials() -> None:
    answer_waiting_trials()


def forget_old() -> None:
    """Samples after 30 days, tried queries after a day."""
    now = timezone.now()
    forget_old_samples(now)
    forget_old_trials(now)
