"""The last of an incident's four steps: close it, and hand its retrospective to an owner."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import SignedInRequest
from incidents.forms.stepping import CloseForm
from incidents.models import Incident
from incidents.views.common import attempt, done, load, responders_only, submitted
from incidents.views.resolving import resolution_context
from incidents.workflow import close_incident
from retros.workflow import close_with_retrospective


@require_POST
@responders_only
def closure(request: SignedInRequest, reference: str) -> HttpResponse:
    incident = load(request, reference)
    form = CloseForm(request.POST)
    if submitted(request, form) and attempt(
        form, _close, incident=incident, by=request.user, **form.cleaned_data
    ):
        return done(request, incident, to=incident.get_absolute_url())
    return render(request, "incidents/resolution.html", resolution_context(incident, close_form=form))


def _close(*, incident: Incident, by: User, owner: Any, waive_reason: str) -> Incident:
    if owner is not None:
        return close_with_retrospective(incident=incident, by=by, owner=owner)
    return close_incident(incident=incident, by=by, waive_reason=waive_reason)
