"""What routing has to know of open incidents: a few statements, however many routes and alerts there are."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Q
from django.utils.module_loading import import_string

from alerts.deciding.decisions import STORM, Firing, Known, Maintenance, Trouble
from alerts.models import Alert, AlertChange
from alerts.workflow.acting import takes_alerts
from incidents.models import AffectedService, Incident, Status
from incidents.models.incident import IncidentQuerySet

FIRED = (AlertChange.Kind.FIRED, AlertChange.Kind.FIRED_AGAIN)


def known_of(firings: Sequence[Firing], at: datetime) -> Known:
    """What was so before this moment; the incidents in it are locked."""
    by_group = _by_group(firings)
    by_service = _by_service(firings)
    by_storm = _by_storm(firings, at)
    by_route = _by_route(firings, at)
    held = _held({*by_group.values(), *by_service.values(), *by_storm.values(), *by_route.values()}, at)

    def kept[K](found: dict[K, int]) -> dict[K, Trouble]:
        return {key: held[pk] for key, pk in found.items() if pk in held}

    return Known(
        by_group=kept(by_group),
        by_service=kept(by_service),
        by_storm=kept(by_storm),
        by_route=kept(by_route),
        counted=_counted(firings, at),
        maintenances=_maintenances(firings, at),
    )


def running() -> IncidentQuerySet:
    """Suspected, or being worked on."""
    return Incident.objects.active() | Incident.objects.suspected()


def maintenances_of(services: Iterable[int], since: datetime, until: datetime) -> list[Maintenance]:
    """Of these services, those that were or are under way within this time (settings.ALERT_HOOKS)."""
    found = import_string(settings.ALERT_HOOKS["maintenances"])(set(services), since, until)
    return [Maintenance(*one) for one in found]


def _held(found: set[int], at: datetime) -> dict[int, Trouble]:
    """Locked; without those that somebody ended in this moment."""
    if not found:
        return {}
    rows = Incident.objects.filter(pk__in=found).select_for_update(of=("self",)).order_by("pk")
    return {
        one.pk: Trouble(one, (one.number, 0), _is_of_a_storm(one, at)) for one in rows if takes_alerts(one)
    }


def _is_of_a_storm(incident: Incident, at: datetime) -> bool:
    return incident.status == Status.TRIAGE and not incident.is_private and incident.created_at >= at - STORM


def _newest(rows: Iterable[tuple[Any, int, int]]) -> dict[Any, int]:
    """By key the id of the incident with the highest number, of (key, number, id)."""
    found: dict[Any, tuple[int, int]] = {}
    for key, number, pk in rows:
        found[key] = max(found.get(key, (0, 0)), (number, pk))
    return {key: pk for key, (_number, pk) in found.items()}


def _by_group(firings: Sequence[Firing]) -> dict[tuple[int, str], int]:
    keys = {one.alert.group_key for one in firings if one.alert.group_key}
    if not keys:
        return {}
    integrations = {one.alert.integration for one in firings}
    rows = Alert.objects.filter(
        integration__in=integrations, group_key__in=keys, incident__in=running()
    ).order_by()
    said = rows.values_list("integration", "group_key", "incident__number", "incident").distinct()
    return _newest(((integration, key), number, pk) for integration, key, number, pk in said)


def _by_service(firings: Sequence[Firing]) -> dict[int, int]:
    services = {one.alert.service for one in firings if one.alert.service}
    if not services:
        return {}
    rows = AffectedService.objects.running().filter(
        service__in=services, incident__in=running().filter(is_private=False)
    )
    return _newest(rows.order_by().values_list("service", "incident__number", "incident"))


def _by_storm(firings: Sequence[Firing], at: datetime) -> dict[int, int]:
    integrations = {
        one.alert.integration for one in firings if not one.alert.group_key and not one.alert.service
    }
    if not integrations:
        return {}
    suspected = Incident.objects.suspected().filter(is_private=False, created_at__gte=at - STORM)
    rows = Alert.objects.filter(
        integration__in=integrations, group_key="", service=None, incident__in=suspected
    )
    said = rows.order_by().values_list("integration", "incident__number", "incident").distinct()
    return _newest(said)


def _by_route(firings: Sequence[Firing], at: datetime) -> dict[tuple[Any, str], int]:
    """Of each route and group, that with an alert that fired within the window of the route."""
    windows = {one.key: one.rule.window for one in firings if one.rule is not None}
    if not windows:
        return {}
    rows = (
        Alert.objects.filter(
            route__in={route for route, _group in windows},
            route_group__in={group for _route, group in windows},
            last_fired_at__gt=at - max(windows.values()),
            incident__in=running(),
        )
        .order_by()
        .values("route", "route_group", "incident", "incident__number")
        .annotate(last=Max("last_fired_at"))
    )
    return _newest(
        (key, row["incident__number"], row["incident"])
        for row in rows
        if (key := (row["route"], row["route_group"])) in windows and row["last"] > at - windows[key]
    )


def _counted(firings: Sequence[Firing], at: datetime) -> dict[tuple[Any, str], int]:
    """How often alerts of each route and group fired within the time of the route: firings only, before this moment."""
    within: dict[tuple[Any, str], timedelta] = {
        one.key: one.rule.times_within for one in firings if one.rule is not None and one.rule.times > 1
    }
    if not within:
        return {}
    times = Q()
    for route, span in {route: span for (route, _group), span in within.items()}.items():
        times |= Q(alert__route=route, received_at__gt=at - span)
    rows = (
        AlertChange.objects.filter(
            times,
            alert__route_group__in={group for _route, group in within},
            alert__last_fired_at__gt=at - max(within.values()),
            kind__in=FIRED,
            received_at__lt=at,
            received_at__gt=at - max(within.values()),
        )
        .order_by()
        .values_list("alert__route", "alert__route_group")
        .annotate(Count("pk"))
    )
    return {(route, group): count for route, group, count in rows}


def _maintenances(firings: Sequence[Firing], at: datetime) -> dict[int, Maintenance]:
    services = {
        one.alert.service
        for one in firings
        if one.alert.service and one.rule is not None and one.rule.is_quiet_in_maintenance
    }
    if not services:
        return {}
    found: dict[int, Maintenance] = {}
    for one in maintenances_of(services, at, at):
        if one.runs(at) and (one.service not in found or found[one.service].ends_at < one.ends_at):
            found[one.service] = one
    return found
