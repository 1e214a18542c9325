"""Settings → Alert routes: the list, one route with its trial, and the order."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from alerts import workflow
from alerts.models import Alert, Route
from alerts.route_forms import RouteForm, TrialForm
from alerts.route_words import conditions_of, limits_of, outcomes_of
from alerts.views.trials import trial_context
from core.permissions import administrators_only
from core.responses import refused_or

COUNTED_FOR = timedelta(days=7)


@require_safe
def alert_routes(request: SignedInRequest) -> HttpResponse:
    return render(request, "alerts/route_list.html", _listed(request))


def _listed(request: SignedInRequest) -> dict[str, Any]:
    """All routes in words, with how many alerts each decided about of late."""
    since = timezone.now() - COUNTED_FOR
    decided = Alert.objects.visible_to(request.user).filter(last_fired_at__gte=since, is_test=False)
    counts = dict(decided.order_by().values_list("route").annotate(Count("pk")))
    routes = list(Route.objects.with_places().in_order())
    rows = [
        {
            "route": one,
            "conditions": conditions_of(one),
            "outcomes": outcomes_of(one),
            "limits": limits_of(one),
            "count": counts.get(one.pk, 0),
        }
        for one in routes
    ]
    integrations: Any = Route._meta.get_field("integrations").related_model
    return {
        "rows": rows,
        "unmatched": counts.get(None, 0),
        "defaults": [
            (str(label), count)
            for value, label in integrations._meta.get_field("opens").choices
            if (count := integrations.objects.filter(opens=value).count())
        ],
        "may_change": request.user.is_administrator,
    }


@require_http_methods(["GET", "POST"])
@administrators_only
def alert_route_new(request: SignedInRequest) -> HttpResponse:
    return _form(request, None)


@require_http_methods(["GET", "POST"])
@administrators_only
def alert_route(request: SignedInRequest, pk: int) -> HttpResponse:
    return _form(request, get_object_or_404(Route.objects.with_places(), pk=pk))


def _form(request: SignedInRequest, route: Route | None) -> HttpResponse:
    """“try” shows what it would have done, and saves nothing."""
    form = RouteForm(request.POST or None, route=route)
    days = TrialForm(request.POST or None)
    if "try" in request.POST:
        context = _context(route, form, days) | trial_context(request.user, form, days, route)
        part = "#trial" if request.htmx else ""
        return render(request, f"alerts/route_form.html{part}", context)
    if form.is_valid() and _save(request, form, route):
        messages.success(request, "Saved.")
        return redirect("alert_routes")
    return render(request, "alerts/route_form.html", _context(route, form, days))


def _save(request: SignedInRequest, form: RouteForm, route: Route | None) -> bool:
    if route is None:
        return form.submit(workflow.add_alert_route, by=request.user, **form.said)
    return form.submit(workflow.change_alert_route, by=request.user, alert_route=route, **form.said)


def _context(route: Route | None, form: RouteForm, days: TrialForm) -> dict[str, Any]:
    count = Route.objects.count() + (route is None)
    return {
        "section": "settings",
        "route": route,
        "form": form,
        "days": days,
        "place": route.position if route else count,
        "count": count,
    }


@require_POST
@administrators_only
def alert_route_state(request: SignedInRequest, pk: int) -> HttpResponse:
    """`on=yes` switches it on, anything else off."""
    route, is_on = get_object_or_404(Route, pk=pk), request.POST.get("on") == "yes"
    done = f"{route} is on." if is_on else f"{route} is off. Alerts go on to the next route."
    change = workflow.change_alert_route
    return refused_or(
        request, done, "alert_routes", [], change, by=request.user, alert_route=route, is_active=is_on
    )


@require_POST
@administrators_only
def alert_route_place(request: SignedInRequest, pk: int) -> HttpResponse:
    """`to` is the place, counted from 1, at which the route was dropped or to which a button moves it."""
    route = get_object_or_404(Route, pk=pk)
    try:
        to = max(1, int(request.POST.get("to", "")[:6]))
        workflow.change_alert_route(by=request.user, alert_route=route, position=to)
    except ValueError:
        messages.error(request, "Say to which place, a whole number from 1.")
    if request.htmx:
        return render(request, "alerts/route_list.html#routes", _listed(request))
    return redirect("alert_routes")


@require_http_methods(["GET", "POST"])
@administrators_only
def alert_route_deletion(request: SignedInRequest, pk: int) -> HttpResponse:
    route = get_object_or_404(Route, pk=pk)
    if request.method == "GET":
        return render(request, "alerts/route_deletion.html", {"route": route})
    done = f"{route} is removed."
    remove = workflow.remove_alert_route
    return refused_or(request, done, "alert_routes", [], remove, by=request.user, alert_route=route)
