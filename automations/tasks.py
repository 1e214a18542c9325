"""Jobs of a worker (settings.JOBS). Each may run twice at the same time."""

from automations.workflow.calling import call_waiting_targets, end_overdue, next_call_at, next_end_at

__all__ = ["call_targets", "end_overdue", "next_call_at", "next_end_at"]


def call_targets() -> None:
    call_waiting_targets()
