"""The brief: what stakeholders read, signed in or by a link."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from incidents import workflow
from incidents.models import Audience, BriefLink, Incident
from incidents.views.common import click, done, load, responders_only

BRIEF_SALT = "incident brief"


@require_safe
def brief(request: SignedInRequest, reference: str) -> HttpResponse:
    """The stakeholder brief for people who are signed in."""
    incident = load(request, reference)
    return _render_brief(request, incident, Audience.STAKEHOLDERS, links=request.user.is_responder)


@never_cache
@login_not_required
@require_safe
def signed_brief(request: HttpRequest, signed: str) -> HttpResponse:
    """The same page by a signed address: no sign-in, until it expires or is revoked."""
    try:
        pk = signing.loads(signed, salt=BRIEF_SALT)
    except signing.BadSignature as error:
        raise Http404("This is not a brief.") from error
    link = get_object_or_404(BriefLink.objects.select_related("incident__severity"), pk=pk)
    if not link.is_open():
        return render(request, "incidents/brief_expired.html", {"link": link}, status=410)
    return _render_brief(request, link.incident, link.audience, link=link)


@require_POST
@responders_only
def brief_links(request: SignedInRequest, reference: str) -> HttpResponse:
    incident = load(request, reference)
    workflow.create_brief_link(incident=incident, by=request.user)
    return done(
        request, incident, "The link is at the foot of the brief.", to=reverse("brief", args=[reference])
    )


@require_POST
@responders_only
def brief_link_revocation(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    incident = load(request, reference)
    link = get_object_or_404(incident.brief_links, pk=pk)
    return click(request, incident, workflow.revoke_brief_link, link=link, by=request.user)


def _render_brief(
    request: HttpRequest,
    incident: Incident,
    audience: str,
    *,
    link: BriefLink | None = None,
    links: bool = False,
) -> HttpResponse:
    updates = incident.status_updates.for_audience(audience).select_related(
        "severity", "corrects", "correction"
    )
    schedule = incident.update_schedules.filter(audience=audience).first()
    context = {
        "incident": incident,
        "updates": list(updates.newest_first()[:50]),
        "services": incident.affected_services.running().select_related("service"),
        "due_at": schedule.due_at if schedule and incident.is_active else None,
        "link": link,
        "section": "incidents",
        "now": timezone.now(),
    }
    if links:
        context["links"] = [
            (
                open_link,
                settings.PUBLIC_URL
                + reverse("signed_brief", args=[signing.dumps(open_link.pk, salt=BRIEF_SALT)]),
            )
            for open_link in incident.brief_links.all()
            if open_link.is_open()
        ]
    return render(request, "incidents/brief.html", context)
