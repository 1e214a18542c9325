"""Alerts: the list, one alert, and what people do with them."""

from collections import defaultdict

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from alerts import workflow
from alerts.forms import AlertFilter, AttachForm
from alerts.models import Alert, AlertQuerySet, AlertState
from alerts.permissions import can_act_on_alerts
from alerts.shown_silences import silences_of
from alerts.workflow.acting import MOST_AT_ONCE
from core.paging import COUNTED, Pages
from core.responses import going_to, refused, refused_or, way_back
from incidents.models import Incident
from incidents.views.common import attempt, responders_only, submitted

PAGE = 50
SHOWN_CHANGES = 100
HEADS = {
    AlertState.FIRING: "Firing",
    AlertState.ACKNOWLEDGED: "Acknowledged",
    AlertState.RESOLVED: "Resolved",
}


def load(request: SignedInRequest, pk: int) -> Alert:
    """The alert, or 404 for whoever cannot reach it."""
    return get_object_or_404(Alert.objects.visible_to(request.user).with_places(), pk=pk)


@require_safe
def alert_list(request: SignedInRequest) -> HttpResponse:
    data = request.GET.copy()
    data.setdefault("state", "open")
    reached = Alert.objects.visible_to(request.user)
    found = AlertFilter(data, queryset=reached, reader=request.user)
    page = Pages(found.qs.with_places().newest_first(), PAGE).get_page(request.GET.get("page"))
    groups: dict[str, list[Alert]] = defaultdict(list)
    for alert in page:
        groups[alert.state].append(alert)
    context = {
        "section": "alerts",
        "filter": found,
        "page": page,
        "groups": [(state, name, groups[state]) for state, name in HEADS.items() if groups[state]],
        "firing_told": _counted(reached.firing_now()),
        "acknowledged_told": _counted(reached.filter(state=AlertState.ACKNOWLEDGED)),
        "silenced_told": _counted(reached.open().filter(quiet_since__isnull=False)),
        "tests_told": _counted(reached.open().filter(is_test=True)),
        "is_narrowed": any(value for name, value in request.GET.items() if name not in ("page", "state")),
        "may_act": can_act_on_alerts(request.user),
    }
    template = "alerts/list.html" + ("#results" if request.htmx and not request.htmx.boosted else "")
    return render(request, template, context)


def _counted(rows: AlertQuerySet) -> str:
    """How many, in words: a storm is not counted to its end."""
    count = rows.order_by()[: COUNTED + 1].count()
    return f"{count:,}" if count <= COUNTED else f"{COUNTED:,}+"


@require_safe
def alert_page(request: SignedInRequest, pk: int) -> HttpResponse:
    alert = load(request, pk)
    changes = list(alert.changes.select_related("by")[:SHOWN_CHANGES])
    told = {change.incident_id for change in changes if change.incident_id}
    reached = Incident.objects.visible_to(request.user).in_bulk(told) if told else {}
    for change in changes:
        change.reachable = reached.get(change.incident_id)  # type: ignore[attr-defined]
    reopens = (
        Incident.objects.visible_to(request.user).filter(pk=alert.reopens_id).first()
        if alert.reopens_id
        else None
    )
    context = {
        "section": "alerts",
        "alert": alert,
        "changes": changes,
        "labels": sorted(alert.labels.items()),
        "reopens": reopens,
        "may_act": can_act_on_alerts(request.user),
        **silences_of(alert),
    }
    return render(request, "alerts/alert.html", context)


@require_POST
@responders_only
def alert_acknowledgement(request: SignedInRequest, pk: int) -> HttpResponse:
    alert = load(request, pk)
    return refused_or(
        request, "Acknowledged.", "alert", [pk], workflow.acknowledge_alert, alert=alert, by=request.user
    )


@require_POST
@responders_only
def alert_acknowledgements(request: SignedInRequest) -> HttpResponse:
    """All that are ticked (`alert`, ids) and fire."""
    back = way_back(request.POST.get("back", ""), reverse("alert_list"))
    named = [
        pk for pk in request.POST.getlist("alert")[: MOST_AT_ONCE + 1] if pk.isdecimal() and len(pk) < 19
    ]
    chosen = list(Alert.objects.visible_to(request.user).filter(pk__in=named))
    if not chosen:
        return refused(request, ValidationError("Select alerts first."), back)
    try:
        done = workflow.acknowledge_alerts(alerts=chosen, by=request.user)
    except ValidationError as refusal:
        return refused(request, refusal, back)
    messages.success(request, f"{len(done)} {'alert' if len(done) == 1 else 'alerts'} acknowledged.")
    return redirect(back)


@require_POST
@responders_only
def alert_noise(request: SignedInRequest, pk: int) -> HttpResponse:
    """`noise=yes` marks it, anything else takes the mark away."""
    alert, is_noise = load(request, pk), request.POST.get("noise") == "yes"
    done = "Marked as noise." if is_noise else "No longer marked as noise."
    return refused_or(
        request, done, "alert", [pk], workflow.mark_noise, alert=alert, by=request.user, is_noise=is_noise
    )


@require_http_methods(["GET", "POST"])
@responders_only
def alert_attachment(request: SignedInRequest, pk: int) -> HttpResponse:
    alert = load(request, pk)
    form = AttachForm(request.POST or None, reader=request.user)
    if submitted(request, form):
        arguments = {"alert": alert, "by": request.user, "incident": form.cleaned_data["incident"]}
        if attempt(form, workflow.attach_alert, **arguments):
            return going_to(request, reverse("alert", args=[pk]))
    template = "alerts/attachment.html" + ("#form_card" if request.htmx else "")
    status = form.answer_status(is_part=bool(request.htmx)) if form.is_bound else 200
    return render(request, template, {"alert": alert, "form": form, "section": "alerts"}, status=status)


@require_POST
@responders_only
def alert_detachment(request: SignedInRequest, pk: int) -> HttpResponse:
    alert = load(request, pk)
    return refused_or(
        request, "Detached.", "alert", [pk], workflow.detach_alert, alert=alert, by=request.user
    )
