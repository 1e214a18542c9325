"""What the pages of an incident show of automations (settings.INCIDENT_HOOKS)."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from automations.models import (
    MAY_HAVE_RUN,
    UNFINISHED,
    Automation,
    AutomationRun,
    RunQuerySet,
    RunState,
)
from automations.permissions import can_confirm, can_refuse, can_run
from core.subqueries import count_of
from incidents.models import Incident

SHOWN = 3
"""Runs beside the mitigations; all are on the page of automations."""


@dataclass(frozen=True)
class ShownRun:
    """A run with what this reader may do about it."""

    run: Any
    can_confirm: bool = False
    can_refuse: bool = False
    can_repeat: bool = False
    reversal: Automation | None = None


@dataclass(frozen=True)
class AutomationsOfIncident:
    """`offered` are those that the reader may run; `others` are there as well, for somebody else."""

    offered: list[Automation] = field(default_factory=list)
    others: list[Automation] = field(default_factory=list)
    runs: list[ShownRun] = field(default_factory=list)
    more: int = 0


def has_automations(incident: OuterRef) -> Q:
    """Whether a service that it affects, or affected, has automations, or some were run on it."""
    offered = Exists(Automation.objects.filter(service__impacts__incident=incident))
    return offered | Exists(AutomationRun.objects.filter(incident=incident))


def automations_of(user: User, incident: Incident) -> AutomationsOfIncident:
    """For the incident's own page: the newest runs and all that have not ended. At most nine queries."""
    every = AutomationRun.objects.filter(incident=incident)
    newest = every.newest_first().values("pk")[:SHOWN]
    rows = runs_of(incident).filter(Q(pk__in=newest) | Q(state__in=UNFINISHED)).annotate(of=count_of(every))
    found = _of(user, incident, rows)
    return replace(found, more=found.runs[0].run.of - len(found.runs) if found.runs else 0)


def all_of(user: User, incident: Incident) -> AutomationsOfIncident:
    return _of(user, incident, runs_of(incident))


def _of(user: User, incident: Incident, rows: RunQuerySet) -> AutomationsOfIncident:
    is_live = incident.is_open and incident.source != Incident.Source.REPLAY
    known = list(Automation.objects.of_incident(incident)) if is_live else []
    offered = [one for one in known if can_run(user, one, incident)]
    runs = [shown(user, run, incident, known) for run in rows]
    return AutomationsOfIncident(offered, [one for one in known if one not in offered], runs)


def runs_of(incident: Incident) -> RunQuerySet:
    return AutomationRun.objects.filter(incident=incident).with_people().with_reversals().newest_first()


def shown(user: User, run: Any, incident: Incident, known: list[Automation]) -> ShownRun:
    """`known`: the automations that can be run on the incident now."""
    run.incident = incident
    by_key = {one.pk: one for one in known}
    automation = by_key.get(run.automation_id)
    if automation is None:
        return ShownRun(run, can_refuse=run.state == RunState.REQUESTED and can_refuse(user, run))
    reversal = by_key.get(automation.reversed_by_id or 0)
    can_reverse = (
        reversal is not None
        and run.state in MAY_HAVE_RUN
        and run.reverses_id is None
        and not run.is_reversed
        and can_run(user, reversal, incident)
    )
    is_asked = run.state == RunState.REQUESTED
    return ShownRun(
        run,
        can_confirm=is_asked and can_confirm(user, run),
        can_refuse=is_asked and can_refuse(user, run),
        can_repeat=run.is_failed and not run.is_repeated and can_run(user, automation, incident),
        reversal=reversal if can_reverse else None,
    )
