"""Jobs of a worker (settings.JOBS). Each may run anywhere, twice at once, or late."""

from incidents.workflow.reminding import remind_of_command, remind_of_updates


def send_due_update_reminders() -> None:
    """Whoever owes an update, or could take a command nobody has, hears of it: once each step."""
    while remind_of_updates():
        pass
    while remind_of_command():
        pass
