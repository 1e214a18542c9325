"""Home: active incidents, updates that are due, and what waits for the person."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from accounts.models import Installation
from accounts.requests import SignedInRequest
from incidents.forms.updating import NoChangeForm
from incidents.models import Incident, Service
from shell.checklist import checklist_for
from shell.home_queries import (
    action_items_of,
    active_for,
    affected_for,
    approvals_for,
    due_from,
    retrospectives_for,
    suspected_for,
    tasks_of,
)


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    active, active_count = active_for(request.user)
    owed = due_from(request.user, active, active_count)
    context: dict[str, Any] = {
        "section": "home",
        "active": active,
        "active_count": active_count,
        "owed": owed,
        "no_change": NoChangeForm(incident=owed),
        "approvals": approvals_for(request.user),
        "my_tasks": tasks_of(request.user),
        "suspected": suspected_for(request.user),
        "has_services": SimpleLazyObject(lambda: Service.objects.in_use().exists()),
        "checklist": checklist_for(request.user),
        "services": affected_for(request.user),
        "retrospectives": retrospectives_for(request.user),
        "my_action_items": action_items_of(request.user),
        "is_first_run": not active and not Incident.objects.visible_to(request.user).exists(),
    }
    if request.htmx and not request.htmx.boosted:  # without the frame, which brings the organisation along
        context["installation"] = Installation.get()
        return render(request, "incidents/home.html#home_body", context)
    return render(request, "incidents/home.html", context)
