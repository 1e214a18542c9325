"""The brief: what stakeholders read, signed in or by a link."""

from contextlib import suppress
from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter
from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Installation
from accounts.requests import SignedInRequest
from incidents import workflow
from incidents.brief_address import brief_address, link_key
from incidents.forms.cadence import RequestForm
from incidents.models import Audience, BriefLink, Incident
from incidents.views.common import click, load, responders_only

LINK_READ_AGAIN = timedelta(seconds=15)
RATES = {"update_request": "10/10m/ip"}


@require_safe
def brief(request: SignedInRequest, reference: str) -> HttpResponse:
    """The stakeholder brief for people who are signed in."""
    incident = load(request, reference)
    links = request.user.is_responder and not incident.is_private
    return _render_brief(request, incident, Audience.STAKEHOLDERS, links=links)


@never_cache
@login_not_required
@require_safe
def signed_brief(request: HttpRequest, signed: str) -> HttpResponse:
    """The same page by a signed address: no sign-in, until it expires or is revoked."""
    link = _link(signed)
    if not link.is_open():
        return render(request, "incidents/brief_expired.html", {"link": link}, status=410)
    with timezone.override(Installation.get().time_zone):  # nobody is signed in who has a zone
        return _render_brief(request, link.incident, link.audience, link=link, signed=signed)


@never_cache
@login_not_required
@require_POST
def signed_update_requests(request: HttpRequest, signed: str) -> HttpResponse:
    """A reader of the link asks for an update; how often is limited by address."""
    link = _link(signed)
    if not link.is_open():
        return render(request, "incidents/brief_expired.html", {"link": link}, status=410)
    if not ratelimit.consume(request, app="incidents", action="update_request", config=RATES):
        return render(request, "429.html", status=429)
    form = RequestForm(request.POST)
    if form.is_valid():
        with suppress(ValidationError):  # over meanwhile: the page says so
            workflow.request_update(
                incident=link.incident, link=link, visitor=_visitor(request), **form.cleaned_data
            )
    return redirect("signed_brief", signed=signed)


@require_POST
@responders_only
def brief_links(request: SignedInRequest, reference: str) -> HttpResponse:
    incident = load(request, reference)
    return click(
        request,
        incident,
        workflow.create_brief_link,
        to=reverse("brief", args=[reference]),
        said="The link is at the foot of the brief.",
        incident=incident,
        by=request.user,
    )


@require_POST
@responders_only
def brief_link_revocation(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    incident = load(request, reference)
    link = get_object_or_404(incident.brief_links, pk=pk)
    return click(request, incident, workflow.revoke_brief_link, link=link, by=request.user)


def _link(signed: str) -> BriefLink:
    try:
        pk = link_key(signed)
    except signing.BadSignature as error:
        raise Http404("This is not a brief.") from error
    return get_object_or_404(BriefLink.objects.select_related("incident__severity"), pk=pk)


def _visitor(request: HttpRequest) -> str:
    """Tells readers of one link roughly apart without keeping who they are."""
    seen = f"{get_adapter().get_client_ip(request)} {request.headers.get('User-Agent', '')}"
    return salted_hmac("brief reader", seen, algorithm="sha256").hexdigest()[:32]


def _read_again_at(leaves_at: datetime | None, *, has_stream: bool) -> datetime | None:
    """When the page asks again: as soon as an update leaves, and by link, where nothing is streamed, soon."""
    if has_stream:
        return leaves_at
    soon = timezone.now() + LINK_READ_AGAIN
    return min(leaves_at, soon) if leaves_at else soon


def _render_brief(
    request: HttpRequest,
    incident: Incident,
    audience: str,
    *,
    link: BriefLink | None = None,
    signed: str = "",
    links: bool = False,
) -> HttpResponse:
    """Only what has left, in the words written for that audience."""
    updates = (
        incident.status_updates.out()
        .for_audience(audience)
        .select_related("severity", "corrects", "correction")
    )
    schedule = incident.update_schedules.filter(audience=audience).first()
    still_open = incident.update_requests.unanswered().filter(audience=audience)
    own = {"link": link, "visitor": _visitor(request)} if link else {"person": request.user}
    newest = updates.newest_first()[:50]
    waiting = incident.status_updates.posted().filter(leaves_at__gt=timezone.now())
    leaves_at = waiting.values_list("leaves_at", flat=True).order_by("leaves_at").first()
    context = {
        "incident": incident,
        "updates": [
            (u, u.text_for(audience))
            for u in newest
            if audience != Audience.PUBLIC or u.wordings.get(audience)
        ],
        "services": incident.affected_services.running().worst_first(),
        "due_at": schedule.due_at if schedule and incident.is_active else None,
        "asks": schedule.asks if schedule else 0,
        "has_asked": incident.is_active and still_open.filter(**own).exists(),
        "ask_at": reverse("signed_update_requests", args=[signed])
        if link
        else reverse("update_requests", args=[incident.reference]),
        "link": link,
        "section": "incidents",
        "now": timezone.now(),
        "again_at": _read_again_at(leaves_at, has_stream=link is None),
    }
    if links:
        context["links"] = [
            (open_link, brief_address(open_link))
            for open_link in incident.brief_links.all()
            if open_link.is_open()
        ]
    return render(request, "incidents/brief.html", context)
