"""The catalogue's lines that land on an incident by themselves."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from audit import context
from incidents.models import (
    ChecklistKind,
    ChecklistTemplate,
    DoneWhen,
    Incident,
    RecoveryCheck,
    RoleAssignment,
    Task,
)
from incidents.workflow.ticking import command_sentence, seen

USUAL_WATCH_MINUTES = 10


def lay_out_checklist(incident: Incident) -> None:
    """Put the catalogue's lines for the status just entered on the incident; each lands at most once."""
    lines = _fitting(incident)
    holding = RoleAssignment.objects.running().filter(incident=incident).values_list("role_id", "user_id")
    holders = dict(holding) if any(line.role_id for line in lines) else {}
    _lay_out(incident, lines, holders, _happened(incident, lines))


def lay_out_first_checklist(incident: Incident, commander: RoleAssignment | None) -> None:
    """`lay_out_checklist` for an incident just made: nothing is on it, and only taking command can have happened."""
    holders: dict[int | None, int] = {}
    happened: dict[str, tuple[Any, str]] = {}
    if commander:
        holders[commander.role_id] = commander.user_id
        happened[str(DoneWhen.COMMAND)] = (commander.user, command_sentence(commander.user))
    _lay_out(incident, _fitting(incident), holders, happened)


def _fitting(incident: Incident) -> list[ChecklistTemplate]:
    lines = ChecklistTemplate.objects.filter(status=incident.status).select_related("lowest_severity")
    rank, kind = incident.severity.rank, incident.incident_type_id
    return [line for line in lines if line.fits(rank=rank, incident_type_id=kind)]


def _happened(incident: Incident, lines: Iterable[ChecklistTemplate]) -> dict[str, tuple[Any, str]]:
    """Who did what the lines wait for, and the sentence that says so, of what has happened before."""
    found = {done_when: seen(incident, done_when) for done_when in {line.done_when for line in lines} - {""}}
    return {done_when: done for done_when, done in found.items() if done[1]}


def _lay_out(
    incident: Incident,
    lines: Iterable[ChecklistTemplate],
    holders: Mapping[int | None, int],
    happened: Mapping[str, tuple[Any, str]],
) -> None:
    """Tasks whose event has happened arrive done. What is on the incident already stays as it is."""
    now = context.now()
    tasks, checks = [], []
    for line in lines:
        facts = {
            "incident": incident,
            "template": line,
            "title": line.title,
            "owner_id": holders.get(line.role_id),
            "order": line.order,
        }
        if line.kind == ChecklistKind.TASK:
            due_at = now + timedelta(minutes=line.minutes) if line.minutes else None
            task = Task(**facts, due_at=due_at)
            if line.done_when in happened:
                task.done_at = now
                task.done_by, task.done_because = happened[line.done_when]
            tasks.append(task)
        else:
            usual = USUAL_WATCH_MINUTES if line.kind == ChecklistKind.SIGNAL else None
            checks.append(RecoveryCheck(**facts, kind=line.kind, minutes=line.minutes or usual))
    Task.objects.bulk_create(tasks, ignore_conflicts=True)
    RecoveryCheck.objects.bulk_create(checks, ignore_conflicts=True)
