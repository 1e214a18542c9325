"""Jobs of a worker (settings.JOBS). Each may run twice at the same time."""

from trackers.workflow.turns import next_turn_at, take_turns

__all__ = ["next_turn_at", "sync_tickets"]


def sync_tickets() -> None:
    """Whatever is due: connections tested, tickets made, synced, swept."""
    take_turns()
