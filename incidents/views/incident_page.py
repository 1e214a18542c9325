"""The page of one incident, whole or by part: head, timeline, rail; and the screens around it."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from audit.models import AuditEntry
from incidents import hooks, incident_queries, workflow
from incidents.cadence_compliance import kept, longest_silence
from incidents.forms.timeline import ComposerForm
from incidents.models import HypothesisState, Incident, Status
from incidents.views.common import done, is_number, load
from timeline import queries

RAIL_ROLES = ("commander", "deputy", "operations_lead", "communications_lead", "scribe")


@require_safe
def incident_detail(request: SignedInRequest, reference: str) -> HttpResponse:
    """At most fourteen queries, with 20 events as with 500; two more where its services have signals,
    eight where they have automations."""
    context = page_context(request, reference)
    context["composer"] = ComposerForm()
    return render(request, "incidents/incident_detail.html", context)


@require_safe
def head(request: SignedInRequest, reference: str) -> HttpResponse:
    """The head, and the actions at the bottom of a phone with it."""
    context = page_context(request, reference, timeline=False) | {"as_part": True}
    return render(request, "incidents/incident_detail.html#head", context)


@require_safe
def news(request: SignedInRequest, reference: str) -> HttpResponse:
    """The pill that says how many events a screen does not show yet; 204 when it shows all."""
    incident: Any = get_object_or_404(  # Any: the stubs do not know what was annotated
        Incident.objects.visible_to(request.user)
        .of_reference(reference)
        .annotate(stamp=incident_queries.stamp())
    )
    after, stamp = request.GET.get("after", ""), request.GET.get("stamp", "")
    if stamp == str(incident.stamp) or not is_number(after):
        return HttpResponse(status=204)
    count = incident.timeline.standing().filter(pk__gt=int(after)).count()
    return render(request, "incidents/_news.html", {"incident": incident, "count": count})


@require_safe
def rail(request: SignedInRequest, reference: str) -> HttpResponse:
    return render(request, "incidents/_rail.html", page_context(request, reference, timeline=False))


def page_context(request: SignedInRequest, reference: str, *, timeline: bool = True) -> dict:
    now = timezone.now()
    incident = incident_queries.incident_of(request.user, reference, now)
    if incident is None:
        raise Http404
    hypotheses = incident_queries.hypotheses_of(incident)
    tasks = incident_queries.tasks_of(incident)
    which = request.GET.get("show", "all") if request.GET.get("show") in queries.FILTERS else "all"
    for pending in incident.pending_updates:
        pending["leaves_at"] = parse_datetime(pending["leaves_at"])
    context: dict[str, Any] = {
        "incident": incident,
        "section": "incidents",
        "steps": steps(incident, hypotheses),
        "roles": _roles(incident),
        "here": incident_queries.presences_on(incident, now),
        "hypotheses": hypotheses,
        "board": [
            (state, label, [h for h in hypotheses if h.state == state])
            for state, label in (("testing", "Testing"), ("open", "Open"))
        ],
        "settled": [h for h in hypotheses if h.is_settled],
        "mitigations": incident_queries.mitigations_of(incident),
        "tasks": tasks,
        "tasks_done": (tasks_done := sum(t.done_at is not None for t in tasks)),
        "tasks_tenths": round(10 * tasks_done / len(tasks)) if tasks else 0,
        "affected": incident_queries.affected_by(incident),
        "changes": incident_queries.changes_near(request.user, incident, now),
        "alerts": hooks.alerts(incident),
        "signals": hooks.signals(incident) if incident.has_signals else None,
        "automations": hooks.automations(request.user, incident) if incident.has_automations else None,
        "which": which,
        "kept": (everything := kept(incident)),
        "silence": longest_silence(everything),
        "asks": sum(s.asks for s in incident.update_schedules.all()) if incident.is_active else 0,
        "filters": [
            (key, label, getattr(incident, f"{key}_count")) for key, label in queries.FILTERS.items()
        ],
        "now": now,
        "merged_into": _merged_into(request, incident),
    }
    if timeline:
        context |= queries.rows(
            incident, which=which, before=queries.parse_key(request.GET.get("before", ""))
        )
        context["newest"] = max((e.pk for e in context["events"]), default=0)
    return context


def _merged_into(request: SignedInRequest, incident: Incident) -> Incident | None:
    """The incident this one was merged into, where the reader can see it."""
    if incident.merged_into_id is None:
        return None
    return Incident.objects.visible_to(request.user).filter(pk=incident.merged_into_id).first()


def steps(incident: Incident, hypotheses: list) -> list[dict]:
    """The five steps with what stands in each; several can run at once."""
    order = list(Status)
    at = order.index(Status(incident.status)) if not incident.is_final else 0
    testing = sum(h.state == HypothesisState.TESTING for h in hypotheses)
    running = incident.status in (Status.INVESTIGATING, Status.FIXING)
    contained = at >= order.index(Status.MITIGATED) and not incident.is_final
    verified = at >= order.index(Status.RESOLVED) and not incident.is_final
    return [
        {
            "name": "Declare",
            "done": at > 0,
            "now": incident.status == Status.TRIAGE,
            "at": incident.declared_at,
        },
        {"name": "Stabilise", "done": contained, "now": running, "at": incident.mitigated_at},
        {
            "name": "Investigate",
            "done": contained,
            "now": running,
            "note": f"{testing} testing" if running and testing else "",
        },
        {
            "name": "Verify",
            "done": verified,
            "now": incident.status == Status.MITIGATED,
            "at": incident.resolved_at,
        },
        {
            "name": "Learn",
            "done": incident.status == Status.CLOSED,
            "now": incident.status == Status.RESOLVED,
        },
    ]


@require_http_methods(["GET", "POST"])
def catch_up(request: SignedInRequest, reference: str) -> HttpResponse:
    """One screen of what happened since this person last looked; POST says it has been read."""
    incident = load(request, reference)
    if request.method == "POST":
        workflow.mark_seen(incident=incident, by=request.user)
        return done(request, incident, to=incident.get_absolute_url())
    own = incident.participations.filter(user=request.user).first()
    since = (own.seen_at or own.joined_at) if own else incident.created_at
    events = incident.timeline.standing().filter(recorded_at__gt=since).for_display()
    context = {
        "incident": incident,
        "section": "incidents",
        "since": since,
        "count": events.count(),
        "key_events": list(events.key().newest_first()[:30]),
        "open_questions": incident.timeline.standing().unanswered()[:10],
        "affected": incident.affected_services.running().worst_first(),
        "hypotheses": incident.hypotheses.exclude(state=HypothesisState.REFUTED).select_related("owner"),
        "mitigations": incident.mitigations.filter(
            state__in=("proposed", "applying", "worked")
        ).select_related("owner"),
        "last_update": incident.status_updates.posted().newest_first().select_related("author").first(),
    }
    return render(request, "incidents/catch_up.html", context)


@require_safe
def audit_trail(request: SignedInRequest, reference: str) -> HttpResponse:
    incident = load(request, reference)
    before = request.GET.get("before", "")
    entries = AuditEntry.objects.filter(chain=incident.chain).newest_first()
    if is_number(before):
        entries = entries.filter(sequence__lt=int(before))
    page = list(entries[:101])
    context = {"incident": incident, "section": "incidents", "entries": page[:100]}
    context["next"] = page[99].sequence if len(page) > 100 else None
    return render(request, "incidents/audit_trail.html", context)


def _roles(incident: Incident) -> list[dict]:
    """The built-in roles, held or not, then whatever else is held; no query beyond the loaded assignments."""
    held = {(a.role.slug, a.user_id): a for a in incident.loaded_roles}
    rows = []
    for slug in RAIL_ROLES:
        running = [a for (s, _), a in held.items() if s == slug]
        rows += [{"slug": slug, "assignment": a} for a in running] or [{"slug": slug, "assignment": None}]
    rows += [
        {"slug": a.role.slug, "assignment": a} for a in incident.loaded_roles if a.role.slug not in RAIL_ROLES
    ]
    names = {"commander": "Commander", "deputy": "Deputy", "operations_lead": "Operations"}
    names |= {"communications_lead": "Communications", "scribe": "Scribe"}
    for row in rows:
        row["name"] = row["assignment"].role.name if row["slug"] not in names else names[row["slug"]]
    return rows
