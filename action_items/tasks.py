"""Jobs of a worker (settings.JOBS). Each may run anywhere, twice at once, or late."""

from action_items.workflow import ask_whether_it_helped, remind_of_action_items, send_weekly_digest


def send_due_action_reminders() -> None:
    """Remind the owner of an action item before and after it is due, each step once."""
    while remind_of_action_items():
        pass
    while ask_whether_it_helped():
        pass


def send_weekly_digests() -> None:
    while send_weekly_digest():
        pass
