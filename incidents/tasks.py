"""Jobs of a worker (settings.JOBS). Each may run anywhere, twice at once, or late."""

from incidents.workflow.reminding import next_reminder_at, remind_of_command, remind_of_updates

__all__ = ["next_reminder_at", "send_due_update_reminders"]


def send_due_update_reminders() -> None:
    """Whoever owes an update, or could take a command nobody has, hears of it: once each step."""
    while remind_of_updates():
        pass
    while remind_of_command():
        pass
