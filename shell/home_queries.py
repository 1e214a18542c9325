"""What Home asks: each query is put together once a process (core/kept_queries.py)."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.db.models import Model

from accounts.models import User
from action_items.models import ActionItem
from core.kept_queries import SOMEBODY, Kept, keep
from core.subqueries import count_of
from incidents.models import AffectedService, Incident, Role, StatusUpdate
from incidents.models.incident import IncidentQuerySet
from incidents.models.response import Task
from incidents.models.status import ACTIVE_STATUSES
from retros.models import Retrospective

SHOWN = 20  # the most urgent; the list has all
OWN = 50  # more than anybody runs at once


def active_for(user: User) -> tuple[list[Incident], int]:
    """The most urgent active incidents, and how many there are."""
    rows: list[Any] = _asked(_active, user)
    return rows, rows[0].active_count if rows else 0


def due_from(user: User, shown: list[Incident], count: int) -> Incident | None:
    """Of the incidents whose updates this person writes, the one whose next update is due first.

    `shown` are the first of `count` active ones; the others are asked for only where there are others.
    """
    own = [i for i in shown if user in (i.commander, i.holder_of(Role.COMMUNICATIONS_LEAD))]
    if count > len(shown):
        own = _asked(_own, user)
    due = [(schedule.due_at, i) for i in own if (schedule := i.next_due) and schedule.due_at]
    return min(due, key=lambda pair: pair[0])[1] if due else None


def approvals_for(user: User) -> list[StatusUpdate]:
    """The updates that wait for the approval of the commander or the deputy, who is this person."""
    return _asked(_approvals, user)


def suspected_for(user: User) -> list[Incident]:
    return _asked(_suspected, user)


def affected_for(user: User) -> list[AffectedService]:
    return _asked(_affected, user)


def tasks_of(user: User) -> list[Task]:
    """What this person still has to do in open incidents, at most six; Home shows five."""
    return _asked(_tasks, user)


def action_items_of(user: User) -> list[ActionItem]:
    return _asked(_action_items, user)


def retrospectives_for(user: User) -> list[Retrospective]:
    """Those that nobody owns."""
    return _asked(_retrospectives, user)


def _asked[Row: Model](kept: Callable[[str, bool], Kept[Row]], user: User) -> list[Row]:
    return kept(user.installation_role, user.sees_private_incidents).rows({SOMEBODY: user.pk})


def _anybody(role: str, sees_private: bool) -> User:
    return User(pk=SOMEBODY, installation_role=role, sees_private_incidents=sees_private)


def _reach(role: str, sees_private: bool) -> IncidentQuerySet:
    return Incident.objects.visible_to(_anybody(role, sees_private))


def _cards(role: str, sees_private: bool) -> IncidentQuerySet:
    return _reach(role, sees_private).active().with_people().with_updates().most_urgent_first()


@cache
def _active(role: str, sees_private: bool) -> Kept[Incident]:
    reach = _reach(role, sees_private).active().order_by()
    return keep(_cards(role, sees_private).annotate(active_count=count_of(reach))[:SHOWN])


@cache
def _own(role: str, sees_private: bool) -> Kept[Incident]:
    own = _reach(role, sees_private).active().updated_by(_anybody(role, sees_private))
    return keep(own.with_updates().most_urgent_first()[:OWN])


@cache
def _approvals(role: str, sees_private: bool) -> Kept[StatusUpdate]:
    waiting = StatusUpdate.objects.waiting_for(_anybody(role, sees_private))
    reachable = waiting.filter(incident__in=_reach(role, sees_private).order_by())
    return keep(reachable.select_related("incident", "author")[:OWN])


@cache
def _suspected(role: str, sees_private: bool) -> Kept[Incident]:
    suspected = _reach(role, sees_private).suspected().select_related("severity", "reported_by")
    return keep(suspected.newest_first()[:20])


@cache
def _affected(role: str, sees_private: bool) -> Kept[AffectedService]:
    active = _reach(role, sees_private).filter(status__in=ACTIVE_STATUSES)
    return keep(AffectedService.objects.running().filter(incident__in=active).worst_first()[:20])


@cache
def _tasks(role: str, sees_private: bool) -> Kept[Task]:
    reachable = _reach(role, sees_private).open().order_by()
    return keep(Task.objects.open_of(_anybody(role, sees_private)).filter(incident__in=reachable)[:6])


@cache
def _action_items(role: str, sees_private: bool) -> Kept[ActionItem]:
    own = ActionItem.objects.owned_by(_anybody(role, sees_private)).unfinished()
    return keep(own.order_by("due_on", "priority", "pk")[:6])


@cache
def _retrospectives(role: str, sees_private: bool) -> Kept[Retrospective]:
    reachable = Retrospective.objects.visible_to(_anybody(role, sees_private))
    return keep(reachable.without_owner().select_related("incident")[:10])
