"""All that is open, in plain sentences, for people who only read."""

from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.requests import SignedInRequest
from incidents.cadence_compliance import kept, kept_rows, longest_silence
from incidents.models import AffectedService, Audience, Incident, StatusUpdate
from subscribers.models import Subscription


@require_safe
def overview(request: SignedInRequest) -> HttpResponse:
    """Eight queries whatever the number. The words are those of the last update to stakeholders; executives and
    administrators read those written for executives first."""
    audiences = _audiences_of(request.user)
    words = StatusUpdate.objects.out().filter(audiences__overlap=audiences).newest_first()
    found: Any = (
        Incident.objects.visible_to(request.user)
        .open()
        .with_people()
        .prefetch_related(
            "update_schedules",
            Prefetch("status_updates", words[:1], to_attr="last_words"),
            Prefetch("affected_services", AffectedService.objects.running().worst_first()),
        )
        .annotate(**kept_rows())
        .most_urgent_first()
    )
    lines = [_line(incident, audiences) for incident in found]
    context = {
        "section": "overview",
        "running": [line for line in lines if line["incident"].is_active],
        "over": [line for line in lines if not line["incident"].is_active],
        "now": timezone.now(),
    }
    template = "incidents/overview.html"
    if request.htmx and not request.htmx.boosted:
        template += "#overview_body"
    return render(request, template, context)


def _audiences_of(user: User) -> tuple[str, ...]:
    """The audiences whose words this person reads here, the first one preferred."""
    if user.is_administrator or Subscription.objects.of(user).active().filter(audience=Audience.EXECUTIVES):
        return (Audience.EXECUTIVES, Audience.STAKEHOLDERS)
    return (Audience.STAKEHOLDERS,)


def _line(incident: Any, audiences: tuple[str, ...]) -> dict[str, Any]:
    update = incident.last_words[0] if incident.last_words else None
    reader = next((a for a in audiences if update and a in update.audiences), None)
    due = [s.due_at for s in incident.update_schedules.all() if s.due_at and s.audience in audiences]
    return {
        "incident": incident,
        "update": update,
        "words": update.text_for(reader) if update and reader else None,
        "due_at": min(due, default=None),
        "silence": longest_silence(kept(incident)),
    }
