"""The shapes of Atlassian Statuspage's public interface, version 2, so that what reads theirs reads ours.

Same keys, same words, times in UTC with milliseconds. A cancelled maintenance is left out, as it is there.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from statuspages.uptime import OPERATIONAL, worst
from statuspages.view_models import (
    Shown,
    ShownComponent,
    ShownGroup,
    ShownIncident,
    ShownMaintenance,
    ShownUpdate,
)

MOST = 50
STATUS = {"degraded": "degraded_performance"}  # the other states have the same names here and there


def stamp(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def told_page(shown: Shown) -> dict:
    page = shown.page
    return {
        "id": page.code("page", page.pk),
        "name": page.name,
        "url": page.root,
        "time_zone": "Etc/UTC" if page.time_zone == "UTC" else page.time_zone,
        "updated_at": stamp(shown.changed_at),
    }


def told_status(shown: Shown) -> dict:
    return {"indicator": shown.indicator, "description": shown.description}


def _component(shown: Shown, component: ShownComponent) -> dict:
    return {
        "id": component.code,
        "name": component.name,
        "status": STATUS.get(component.state, component.state),
        "created_at": stamp(component.created_at),
        "updated_at": stamp(component.changed_at),
        "position": component.position,
        "description": component.description or None,
        "showcase": True,
        "start_date": str(component.tracked_since),
        "group_id": component.group_code,
        "page_id": shown.page.code("page", shown.page.pk),
        "group": False,
        "only_show_if_degraded": False,
    }


def _group(shown: Shown, group: ShownGroup) -> dict:
    first = group.components[0]
    return _component(shown, first) | {
        "id": group.code,
        "name": group.name,
        "status": STATUS.get(group.state, group.state),
        "updated_at": stamp(max(c.changed_at for c in group.components)),
        "description": None,
        "showcase": False,
        "start_date": None,
        "group_id": None,
        "group": True,
        "components": [c.code for c in group.components],
    }


def _components(shown: Shown) -> list[dict]:
    found = []
    for group in shown.groups:
        if group.code:
            found.append(_group(shown, group))
        found += [_component(shown, c) for c in group.components]
    return found


def _update(shown: Shown, code: str, update: ShownUpdate, affected: list[dict] | None) -> dict:
    return {
        "id": update.code,
        "status": update.status.lower().replace(" ", "_"),
        "body": update.text,
        "incident_id": code,
        "created_at": stamp(update.at),
        "updated_at": stamp(update.corrected_at or update.at),
        "display_at": stamp(update.at),
        "affected_components": affected,
        "deliver_notifications": True,
        "custom_tweet": None,
        "tweet_id": None,
    }


def _affected(incident: ShownIncident, before: datetime | None, at: datetime) -> list[dict] | None:
    """The components touched at an update, with their states at the one before and now."""

    def state(component: ShownComponent, moment: datetime | None) -> str:
        if moment is None:
            return OPERATIONAL
        return worst(
            s.state
            for c, s in incident.spans
            if c is component and s.start <= moment and (s.end is None or moment < s.end)
        )

    found = []
    for component in incident.components:
        old, new = state(component, before), state(component, at)
        if (old, new) != (OPERATIONAL, OPERATIONAL):
            found.append(
                {
                    "code": component.code,
                    "name": component.name,
                    "old_status": STATUS.get(old, old),
                    "new_status": STATUS.get(new, new),
                }
            )
    return found or None


def told_incident(shown: Shown, incident: ShownIncident) -> dict:
    earlier = [*(u.at for u in incident.updates[1:]), None]
    return {
        "id": incident.code,
        "name": incident.title,
        "status": incident.status.lower(),
        "created_at": stamp(incident.announced_at),
        "updated_at": stamp(incident.latest.at),
        "monitoring_at": stamp(incident.monitoring_at),
        "resolved_at": stamp(incident.resolved_at),
        "impact": incident.impact,
        "shortlink": f"{shown.page.root}/incidents/{incident.code}",
        "started_at": stamp(incident.began_at),
        "page_id": shown.page.code("page", shown.page.pk),
        "incident_updates": [
            _update(shown, incident.code, u, _affected(incident, before, u.at))
            for u, before in zip(incident.updates, earlier, strict=True)
        ],
        "components": [_component(shown, c) for c in incident.components],
    }


def told_maintenance(shown: Shown, maintenance: ShownMaintenance) -> dict:
    affected = [
        {"code": c.code, "name": c.name, "old_status": OPERATIONAL, "new_status": "under_maintenance"}
        for c in maintenance.components
    ]
    return {
        "id": maintenance.code,
        "name": maintenance.title,
        "status": maintenance.state,
        "created_at": stamp(maintenance.created_at),
        "updated_at": stamp(maintenance.changed_at),
        "monitoring_at": None,
        "resolved_at": stamp(maintenance.ended_at),
        "impact": "maintenance",
        "shortlink": f"{shown.page.root}/maintenances/{maintenance.code}",
        "started_at": stamp(maintenance.began_at or maintenance.starts_at),
        "page_id": shown.page.code("page", shown.page.pk),
        "incident_updates": [
            _update(shown, maintenance.code, u, affected or None) for u in maintenance.updates
        ],
        "components": [_component(shown, c) for c in maintenance.components],
        "scheduled_for": stamp(maintenance.starts_at),
        "scheduled_until": stamp(maintenance.ends_at),
    }


def _maintenances(shown: Shown, *states: str) -> list[dict]:
    """The newest first; where there are too many, those that begin soonest are among them."""
    found = [m for m in shown.maintenances if m.state in states]
    open_ones = sorted((m for m in found if not m.is_over), key=lambda m: m.starts_at)
    chosen = {m.pk for m in [*open_ones, *(m for m in found if m.is_over)][:MOST]}
    return [told_maintenance(shown, m) for m in found if m.pk in chosen]


PLANNED, RUNNING = ("scheduled",), ("in_progress", "verifying")
DOCUMENTS: dict[str, Callable[[Shown], dict[str, Any]]] = {
    "summary": lambda shown: {
        "components": _components(shown),
        "incidents": [told_incident(shown, i) for i in shown.active],
        "scheduled_maintenances": _maintenances(shown, *RUNNING, *PLANNED),
        "status": told_status(shown),
    },
    "status": lambda shown: {"status": told_status(shown)},
    "components": lambda shown: {"components": _components(shown)},
    "incidents": lambda shown: {"incidents": [told_incident(shown, i) for i in shown.incidents[:MOST]]},
    "incidents/unresolved": lambda shown: {"incidents": [told_incident(shown, i) for i in shown.active]},
    "scheduled-maintenances": lambda shown: {
        "scheduled_maintenances": _maintenances(shown, *PLANNED, *RUNNING, "completed")
    },
    "scheduled-maintenances/upcoming": lambda shown: {
        "scheduled_maintenances": _maintenances(shown, *PLANNED)
    },
    "scheduled-maintenances/active": lambda shown: {"scheduled_maintenances": _maintenances(shown, *RUNNING)},
}


def document(shown: Shown, name: str) -> dict[str, Any]:
    """One of DOCUMENTS; the page comes first in each."""
    return {"page": told_page(shown)} | DOCUMENTS[name](shown)
