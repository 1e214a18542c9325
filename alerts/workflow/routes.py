"""Routes: add, change, remove, put in order. For administrators."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction

from accounts.models import User
from alerts.deciding.rules import OPENING, Becomes, Outcome, Rule
from alerts.models import MOST_ROUTES, Route, RouteOutcome
from alerts.models.route import MOST_IN_LIST
from alerts.permissions import can_change_routes
from alerts.workflow.trying import DAYS, TRIED, Trial, try_route
from audit.workflow import INSTALLATION, record_audit

RELATED = ("integrations", "services")
FIELDS = (
    "name",
    "is_active",
    "severities",
    "labels",
    "title_words",
    "title_without",
    "expression",
    "becomes",
    "severity",
    "incident_type",
    "attaches_first",
    "group_by",
    "group_labels",
    "window_minutes",
    "times",
    "times_minutes",
    "firing_minutes",
    "is_quiet_in_maintenance",
    "owner_team",
)
Outcomes = Mapping[str, Mapping[str, Any]]


@transaction.atomic
def add_alert_route(
    *, by: User, position: int | None = None, outcomes: Outcomes | None = None, **said: Any
) -> Route:
    """A new route at `position`, counted from 1; without one it is the last. Raises ValidationError naming the field.

    `outcomes` says what alerts of some severity words become: `{"page": {"becomes": "declare", "severity": SEV1}}`.
    """
    _lock(by)
    if Route.objects.count() >= MOST_ROUTES:
        raise ValidationError(
            f"There are {MOST_ROUTES} alert routes already. Remove one, or join two that are alike."
        )
    route = _filled(Route(), said)
    words = _checked(outcomes or {})
    route.validate_unique()
    route.position = Route.objects.count() + 1
    route.save()
    _relate(route, said, words)
    if position is not None:
        _place(route, position)
    _audit("alert_route.added", route, by, **_told(said, words))
    return route


@transaction.atomic
def change_alert_route(
    *,
    by: User,
    alert_route: Route,
    position: int | None = None,
    outcomes: Outcomes | None = None,
    **said: Any,
) -> Route:
    """What is not said stays as it is. Alerts that wait are looked at by the changed route."""
    _lock(by)
    route = _filled(Route.objects.get(pk=alert_route.pk), said)
    words = None if outcomes is None else _checked(outcomes)
    route.validate_unique()
    route.save()
    _relate(route, said, words)
    if position is not None:
        _place(route, position)
    told = _told(said, words) | ({"position": position} if position is not None else {})
    if told:
        _audit("alert_route.changed", route, by, **told)
    return route


@transaction.atomic
def remove_alert_route(*, by: User, alert_route: Route) -> None:
    """Alerts that it decided about stay as they are."""
    _lock(by)
    route = Route.objects.get(pk=alert_route.pk)
    _audit("alert_route.removed", route, by)
    route.delete()
    _renumber(Route.objects.in_order())


@transaction.atomic
def order_alert_routes(*, by: User, routes: Sequence[Route]) -> list[Route]:
    """All routes, in this order. Raises ValidationError where one is missing: somebody added it meanwhile."""
    _lock(by)
    there = list(Route.objects.in_order())
    if sorted(one.pk for one in there) != sorted(one.pk for one in routes):
        raise ValidationError(
            {"routes": "Name every alert route once. Somebody may have added or removed one."}
        )
    if [one.pk for one in there] != [one.pk for one in routes]:
        _renumber(routes)
        record_audit(
            chain=INSTALLATION,
            action="alert_route.reordered",
            subject="alert_routes",
            by=by,
            changes={"order": [one.name for one in routes]},
        )
    return list(Route.objects.in_order())


def try_alert_route(
    *,
    by: User,
    days: int = 7,
    position: int | None = None,
    instead_of: Route | None = None,
    outcomes: Outcomes | None = None,
    **said: Any,
) -> Trial:
    """What this route, which is not saved, would have done with the alerts of the last days in its place."""
    _require_administrator(by)
    if days not in DAYS:
        raise ValidationError({"days": f"Try it on {', '.join(map(str, DAYS))} days."})
    route = _filled(Route.objects.get(pk=instead_of.pk) if instead_of else Route(), said)
    if position is None and instead_of is not None:
        position = list(Route.objects.in_order().values_list("pk", flat=True)).index(instead_of.pk) + 1
    rule = _rule(route, said, None if outcomes is None else _checked(outcomes))
    return try_route(by=by, rule=rule, days=days, position=position, instead_of=instead_of)


def _rule(route: Route, said: Mapping[str, Any], words: dict[str, Outcome] | None) -> Rule:
    """As plain values: what is said, and what is stored of the rest."""
    related = {name: [one.pk for one in said[name]] for name in RELATED if said.get(name) is not None}
    for name in RELATED:
        related.setdefault(name, list(getattr(route, name).values_list("pk", flat=True)) if route.pk else [])
    if words is None:
        stored = route.outcomes.all() if route.pk else []
        words = {one.word.casefold(): Outcome(one.becomes, one.severity_id) for one in stored}
    return route.rule(key=TRIED, outcomes=words, **related)


def _filled(route: Route, said: Mapping[str, Any]) -> Route:
    """Raises ValidationError naming the field."""
    for name in FIELDS:
        if name in said:
            value = said[name]
            setattr(route, name, value.strip() if isinstance(value, str) else value)
    for name in ("severities", "labels", "title_words", "title_without", "group_labels"):
        rows = getattr(route, name)
        if isinstance(rows, list) and all(isinstance(one, str) for one in rows):
            setattr(route, name, list(dict.fromkeys(one.strip() for one in rows if one.strip())))
    _say_places(route, said)
    route.clean_fields()
    route.clean()
    return route


def _checked(outcomes: Outcomes) -> dict[str, Outcome]:
    """By the words in small letters."""
    if len(outcomes) > MOST_IN_LIST:
        raise ValidationError({"outcomes": f"Write at most {MOST_IN_LIST} severity words."})
    found: dict[str, Outcome] = {}
    for word, one in outcomes.items():
        key = word.strip().casefold()
        if not key or len(key) > 60:
            raise ValidationError({"outcomes": "Write a severity word of 1 to 60 characters."})
        if key in found:
            raise ValidationError({"outcomes": f"“{word.strip()}” is here twice."})
        if one["becomes"] not in Becomes.values:
            raise ValidationError({"outcomes": f"“{one['becomes']}” is no outcome."})
        severity = one.get("severity") if one["becomes"] in OPENING else None
        found[key] = Outcome(one["becomes"], severity.pk if severity else None)
    return found


def _say_places(route: Route, said: Mapping[str, Any]) -> None:
    """Whether it is of some integrations or services only; that stays so when these are deleted."""
    if said.get("integrations") is not None:
        route.is_of_integrations = bool(said["integrations"])
    if said.get("services") is not None:
        route.is_of_services = bool(said["services"])


def _relate(route: Route, said: Mapping[str, Any], words: dict[str, Outcome] | None) -> None:
    for name in RELATED:
        if said.get(name) is not None:
            getattr(route, name).set(said[name])
    if words is not None:
        route.outcomes.all().delete()
        RouteOutcome.objects.bulk_create(
            RouteOutcome(route=route, word=word, becomes=one.becomes, severity_id=one.severity)
            for word, one in words.items()
        )


def _place(route: Route, position: int) -> None:
    others = list(Route.objects.in_order().exclude(pk=route.pk))
    others.insert(max(0, position - 1), route)
    _renumber(others)


def _renumber(routes: Iterable[Route]) -> None:
    routes = list(routes)
    for place, one in enumerate(routes, start=1):
        one.position = place
    Route.objects.bulk_update(routes, ["position"])


def _lock(by: User) -> None:
    """Two administrators who change the order wait for each other."""
    _require_administrator(by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('alert routes'), 0)")


def _require_administrator(by: User) -> None:
    if not can_change_routes(by):
        raise PermissionDenied("Only administrators can change alert routes.")


def _told(said: Mapping[str, Any], words: dict[str, Outcome] | None) -> dict[str, Any]:
    """For the audit trail, in words."""
    told = {name: _plain(value) for name, value in said.items() if name in (*FIELDS, *RELATED)}
    if words is not None:
        told["outcomes"] = {word: str(Becomes(one.becomes).label) for word, one in words.items()}
    return told


def _plain(value: Any) -> Any:
    if isinstance(value, str | int | bool) or value is None:
        return value
    return [str(one) for one in value] if isinstance(value, Iterable) else str(value)


def _audit(action: str, route: Route, by: User, **changes: Any) -> None:
    record_audit(
        chain=INSTALLATION,
        action=action,
        subject=f"alert_route:{route.pk}",
        by=by,
        changes={"name": route.name} | changes,
    )
