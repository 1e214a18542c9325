"""Home: active incidents, updates that are due, and what waits for the person."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from accounts.models import Installation
from accounts.requests import SignedInRequest
from action_items.models import ActionItem
from incidents.forms.updating import NoChangeForm
from incidents.models import AffectedService, Audience, Incident, Service
from incidents.models.cadence import waiting_for_more
from incidents.models.status import ACTIVE_STATUSES
from retros.models import Retrospective
from shell.checklist import checklist_for


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    reachable = Incident.objects.visible_to(request.user)
    active = list(reachable.active().with_people().with_updates().most_urgent_first()[:50])
    mine = [
        i for i in active if i.commander == request.user or i.holder_of("communications_lead") == request.user
    ]
    due = [(schedule.due_at, i) for i in mine if (schedule := i.next_due) and schedule.due_at]
    owed = [incident for _, incident in sorted(due, key=lambda pair: pair[0])]
    running = AffectedService.objects.running().filter(
        incident__in=reachable.filter(status__in=ACTIVE_STATUSES)
    )
    context: dict[str, Any] = {
        "section": "home",
        "active": active,
        "owed": owed[0] if owed else None,
        "no_change": NoChangeForm(),
        "no_change_to": [Audience(a).label for a in waiting_for_more(owed[0])] if owed else [],
        "suspected": reachable.suspected().select_related("severity", "reported_by").newest_first()[:20],
        "has_services": SimpleLazyObject(lambda: Service.objects.in_use().exists()),
        "checklist": checklist_for(request.user),
        "services": running.worst_first()[:20],
        "retrospectives": Retrospective.objects.visible_to(request.user)
        .without_owner()
        .select_related("incident")[:10],
        "my_action_items": ActionItem.objects.owned_by(request.user)
        .unfinished()
        .order_by("due_on", "priority", "pk")[:6],
        "is_first_run": not active and not reachable.exists(),
    }
    if request.htmx and not request.htmx.boosted:  # without the frame, which brings the organisation along
        context["installation"] = Installation.get()
        return render(request, "incidents/home.html#home_body", context)
    return render(request, "incidents/home.html", context)
