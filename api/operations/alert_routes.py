"""Routes of alerts: what alerts become, and a trial on stored ones. Everybody reads them, administrators change them."""

from typing import Any

from rest_framework import serializers

from accounts.models import Team
from alerts import workflow
from alerts.deciding.rules import Becomes, GroupBy
from alerts.models import Route
from alerts.models.route import LONGEST_WORD, MOST_IN_LIST, MOST_MINUTES, MOST_ROUTES
from alerts.workflow.trying import DAYS, MOST_SHOWN, Trial
from api.fields import Body, choice, flag, named, optional_text, text
from api.operations.administrators import require_administrator
from api.parts import number
from api.registry import Call, item, listing, part, verb
from api.shapes.alert_routes import AlertRouteShape, AlertRouteTrial
from core.jmespaths import LONGEST_EXPRESSION
from incidents.models import IncidentType, Service, Severity
from integrations.models import Integration

READ, SCOPE, TAG = "alerts:read", "admin", "Alert routes"

part(
    "alert_route",
    lambda call, raw: AlertRouteShape.rows(call.user).get(pk=number(raw)),
    shape=AlertRouteShape,
    about="The id of an alert route.",
    number=True,
)


class RouteOutcomeBody(Body):
    becomes = choice(Becomes)
    severity = named(Severity.objects.all(), "name", required=False, allow_null=True)


def _texts(about: str) -> serializers.ListField:
    return serializers.ListField(
        child=text(LONGEST_WORD), required=False, max_length=MOST_IN_LIST, help_text=about
    )


def _whole(least: int, most: int = MOST_MINUTES, about: str = "") -> serializers.IntegerField:
    return serializers.IntegerField(required=False, min_value=least, max_value=most, help_text=about or None)


class AlertRouteChangesBody(Body):
    name = optional_text(80, allow_blank=False)
    position = _whole(1, 10_000, "Its place, counted from 1.")
    is_active = flag()
    integrations = named(Integration.objects.all(), "name", required=False, many=True)
    services = named(Service.objects.all(), required=False, many=True)
    severities = _texts("The sender’s own words, in any case.")
    labels = _texts("All must fit: name = value, or name != value. A * stands for any text.")
    title_words = _texts("All of them are in the title.")
    title_without = _texts("None of them is in the title.")
    expression = optional_text(LONGEST_EXPRESSION, help_text="A JMESPath over the fields of the alert.")
    becomes = choice(Becomes, required=False)
    severity = named(Severity.objects.all(), "name", required=False, allow_null=True)
    incident_type = named(IncidentType.objects.all(), "name", required=False, allow_null=True)
    outcomes = serializers.DictField(
        child=RouteOutcomeBody(),
        required=False,
        help_text="By the sender’s severity word, what such alerts become instead.",
    )
    attaches_first = flag(
        help_text="Attach to an open incident of the group or service before one is opened."
    )
    group_by = choice(GroupBy, required=False)
    group_labels = _texts("By which alerts belong together, with group_by “labels”.")
    window_minutes = _whole(
        1, about="How long after its last firing an alert takes others into its incident."
    )
    times = _whole(1, 1000, "Only when alerts of the group fired so often …")
    times_minutes = _whole(1, about="… within so many minutes.")
    firing_minutes = _whole(0, about="Only when it has fired for so long.")
    is_quiet_in_maintenance = flag()
    owner_team = named(Team.objects.all(), required=False, allow_null=True)


class AlertRouteBody(AlertRouteChangesBody):
    name = text(80)


class AlertRouteTrialBody(AlertRouteChangesBody):
    days = choice(list(DAYS), required=False, help_text="Days back from now. 7 where it is not said.")
    instead_of = serializers.PrimaryKeyRelatedField(
        queryset=Route.objects.all(),
        required=False,
        help_text="The id of a route that it would replace. What is not said is as there.",
    )


class AlertRouteOrderBody(Body):
    routes = serializers.PrimaryKeyRelatedField(
        queryset=Route.objects.all(), many=True, help_text="The ids of all routes, in their order."
    )


def _order(call: Call) -> list[Route]:
    return workflow.order_alert_routes(by=call.user, routes=call.data["routes"])


def _try(call: Call) -> dict[str, Any]:
    require_administrator(call)
    said = dict(call.data)
    days = int(said.pop("days", 7))
    found = workflow.try_alert_route(by=call.user, days=days, **said)
    return _told(found)


def _told(trial: Trial) -> dict[str, Any]:
    names = ("since", "until", "is_cut", "stored", "matched", "taken_before", "suspected", "declared", "attached", "recorded")  # fmt: skip
    return {name: getattr(trial, name) for name in names} | {
        "opened": trial.opened[:MOST_SHOWN],
        "attached_to": [
            {"at": one.at, "title": one.title, "incident": one.reference}
            for one in trial.attached_to[:MOST_SHOWN]
        ],
    }


listing(
    "alert-routes",
    AlertRouteShape,
    lambda call: AlertRouteShape.rows(call.user),
    name="list_alert_routes",
    summary="Alert routes, in their order.",
    scope=READ,
    tag=TAG,
)
item(
    "alert-routes/{alert_route}",
    AlertRouteShape,
    name="get_alert_route",
    summary="One alert route.",
    scope=READ,
    tag=TAG,
)
verb(
    "POST",
    "alert-routes",
    workflow.add_alert_route,
    body=AlertRouteBody,
    answer=AlertRouteShape,
    status=201,
    scope=SCOPE,
    tag=TAG,
    summary=f"Add an alert route. There can be {MOST_ROUTES}.",
    location=lambda made: f"/api/v1/alert-routes/{made.pk}",
)
verb(
    "PATCH",
    "alert-routes/{alert_route}",
    workflow.change_alert_route,
    body=AlertRouteChangesBody,
    answer=AlertRouteShape,
    scope=SCOPE,
    tag=TAG,
    summary="Change an alert route. Fields that are not sent stay.",
)
verb(
    "DELETE",
    "alert-routes/{alert_route}",
    workflow.remove_alert_route,
    scope=SCOPE,
    tag=TAG,
    summary="Remove an alert route. Alerts and incidents stay as they are.",
)
verb(
    "PUT",
    "alert-route-order",
    workflow.order_alert_routes,
    body=AlertRouteOrderBody,
    answer=AlertRouteShape,
    many=True,
    run=_order,
    scope=SCOPE,
    tag=TAG,
    summary="Put all alert routes in order.",
)
verb(
    "POST",
    "alert-route-trials",
    workflow.try_alert_route,
    body=AlertRouteTrialBody,
    answer=AlertRouteTrial,
    run=_try,
    scope=SCOPE,
    tag=TAG,
    summary="Try an alert route on stored alerts. Nothing is saved or sent.",
)
