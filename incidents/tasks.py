"""Jobs of a worker (settings.JOBS). Each may run anywhere, twice at once, or late."""

from incidents.workflow.reminding import remind_of_command, remind_of_updates


def send_due_update_reminders() -> None:
    """Remind whoever has to post an update, or could take command where nobody has: once each step."""
    while remind_of_updates():
        pass
    while remind_of_command():
        pass
