"""Silences of an alert: make one, end one."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.requests import SignedInRequest
from alerts import workflow
from alerts.forms import SilenceForm
from alerts.models import Alert, Silence
from alerts.views.alerts import load
from core.responses import going_to, refused_or
from incidents.views.common import attempt, responders_only, submitted


@require_http_methods(["GET", "POST"])
@responders_only
def alert_silence(request: SignedInRequest, pk: int) -> HttpResponse:
    """The labels in the address, where there are any, are those that are ticked."""
    alert = load(request, pk)
    has_incident = alert.incident is not None and workflow.takes_alerts(alert.incident)
    asked = request.GET.getlist("labels")
    initial = {"labels": asked} if asked or "lasts" in request.GET else {}
    form = SilenceForm(request.POST or None, initial=initial, alert=alert, has_incident=has_incident)
    if submitted(request, form):
        said: dict[str, Any] = {
            "labels": form.cleaned_data["labels"],
            "comment": form.cleaned_data["comment"],
        }
        if attempt(form, workflow.silence_alert, alert=alert, by=request.user, until=form.until, **said):
            return going_to(request, reverse("alert", args=[pk]))
    named = form["labels"].value() or []
    context = {
        "alert": alert,
        "form": form,
        "section": "alerts",
        "hit_count": _count(alert, named, request.user),
        "why_not": workflow.why_not_silenced(alert),
    }
    template = "alerts/silence.html" + ("#form_card" if request.htmx else "")
    status = form.answer_status(is_part=bool(request.htmx)) if form.is_bound else 200
    return render(request, template, context, status=status)


def _count(alert: Alert, named: list[str], user: User) -> int:
    """Of the alerts that fire now, those with these labels."""
    matchers = {name: alert.labels[name] for name in named if name in alert.labels}
    return workflow.matching_alerts(alert, matchers, user).count() if matchers else 0


@require_POST
@responders_only
def alert_silence_end(request: SignedInRequest, pk: int, silence: int) -> HttpResponse:
    alert = load(request, pk)
    subject = get_object_or_404(Silence.objects.filter(alert=alert), pk=silence)
    return refused_or(
        request,
        "The silence is ended.",
        "alert",
        [pk],
        workflow.end_alert_silence,
        silence=subject,
        by=request.user,
    )
