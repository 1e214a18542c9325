"""Tasks that the application marks as done by itself, because it sees that they are."""

from typing import Any

from accounts.models import User
from audit import context
from incidents.models import DoneWhen, Incident, Role, Task

FIELDS = ["done_at", "done_by", "done_because"]


def tick_tasks(incident: Incident, *happened: DoneWhen) -> None:
    """Mark the open tasks as done that wait for what just happened, in the caller's transaction.

    What happened is on the timeline and in the audit trail already, so the tick is no event of its own.
    """
    _tick(incident, Task.objects.filter(incident=incident, template__done_when__in=happened))


def open_tasks_again(incident: Incident) -> None:
    """Open the tasks again that were marked for an event that is taken back."""
    ticked = Task.objects.filter(incident=incident).exclude(done_because="").select_related("template")
    gone = [task for task in ticked if task.template and not seen(incident, task.template.done_when)[1]]
    for task in gone:
        task.done_at, task.done_by, task.done_because = None, None, ""
    Task.objects.bulk_update(gone, FIELDS)


def seen(incident: Incident, done_when: str) -> tuple[Any, str]:
    """Who did it, if a person, and the sentence that says so; empty while it has not happened."""
    if done_when == DoneWhen.COMMAND:
        taken = incident.role_assignments.filter(role__slug=Role.COMMANDER).order_by("-started_at", "-pk")
        newest = taken.select_related("user").first()
        return (newest.user, command_sentence(newest.user)) if newest else (None, "")
    if done_when == DoneWhen.UPDATE:
        posted = incident.status_updates.posted().select_related("author").order_by("posted_at", "pk")
        first = posted.first()
        return (first.author, f"{first.author} posted the first status update") if first else (None, "")
    if done_when == DoneWhen.MITIGATED:
        return None, "The incident was marked mitigated" if incident.mitigated_at else ""
    return None, "The incident was resolved" if incident.resolved_at else ""


def command_sentence(user: User) -> str:
    return f"{user} took command"


def _tick(incident: Incident, tasks: Any) -> None:
    changed = []
    for task in tasks.filter(done_at__isnull=True).exclude(template__done_when="").select_related("template"):
        done_by, because = seen(incident, task.template.done_when)
        if because:
            task.done_at, task.done_by, task.done_because = context.now(), done_by, because
            changed.append(task)
    Task.objects.bulk_update(changed, FIELDS)
