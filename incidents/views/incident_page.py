"""The page of one incident, whole or by part: head, timeline, rail; and the screens around it."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat, JSONObject
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from audit.models import AuditEntry
from incidents import workflow
from incidents.cadence_compliance import kept, kept_rows, longest_silence
from incidents.forms.timeline import ComposerForm
from incidents.hooks import is_followed
from incidents.models import (
    ChangeEvent,
    HypothesisState,
    Incident,
    IncidentLink,
    Participation,
    Status,
    StatusUpdate,
    UpdateState,
)
from incidents.models.incident import IncidentQuerySet
from incidents.models.people import HERE_NOW
from incidents.models.response import CHANGE_WINDOW
from incidents.views.common import done, is_number, load
from timeline import queries
from timeline.models import TimelineEvent, TimelineEventQuerySet

RAIL_ROLES = ("commander", "deputy", "operations_lead", "communications_lead", "scribe")


@require_safe
def incident_detail(request: SignedInRequest, reference: str) -> HttpResponse:
    """At most fourteen queries, with 20 events as with 500."""
    context = page_context(request, reference)
    context["composer"] = ComposerForm()
    return render(request, "incidents/incident_detail.html", context)


@require_safe
def head(request: SignedInRequest, reference: str) -> HttpResponse:
    return render(
        request, "incidents/incident_detail.html#head", page_context(request, reference, timeline=False)
    )


@require_safe
def news(request: SignedInRequest, reference: str) -> HttpResponse:
    """The pill that says how many events a screen does not show yet; 204 when it shows all."""
    incident: Any = get_object_or_404(  # Any: the stubs do not know what was annotated
        Incident.objects.visible_to(request.user).of_reference(reference).annotate(stamp=_stamp())
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
    incident: Any = get_object_or_404(_with_counts(request, reference))  # Any: as above
    now = timezone.now()
    hypotheses = list(incident.hypotheses.select_related("owner").annotate(evidence_count=Count("evidence")))
    tasks = list(incident.tasks.select_related("owner", "done_by"))
    affected = list(incident.affected_services.running().worst_first())
    which = request.GET.get("show", "all") if request.GET.get("show") in queries.FILTERS else "all"
    for pending in incident.pending_updates:
        pending["leaves_at"] = parse_datetime(pending["leaves_at"])
    context: dict[str, Any] = {
        "incident": incident,
        "section": "incidents",
        "steps": steps(incident, hypotheses),
        "roles": _roles(incident),
        "here": list(
            incident.presences.filter(at__gte=now - HERE_NOW).select_related("user").order_by("user__name")
        ),
        "hypotheses": hypotheses,
        "board": [
            (state, label, [h for h in hypotheses if h.state == state])
            for state, label in (("testing", "Testing"), ("open", "Open"))
        ],
        "settled": [h for h in hypotheses if h.is_settled],
        "mitigations": list(incident.mitigations.select_related("owner")),
        "tasks": tasks,
        "tasks_done": (tasks_done := sum(t.done_at is not None for t in tasks)),
        "tasks_tenths": round(10 * tasks_done / len(tasks)) if tasks else 0,
        "affected": affected,
        "changes": _changes(request, incident, affected),
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
        "affected": incident.affected_services.running().select_related("service"),
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


def _with_counts(request: SignedInRequest, reference: str) -> IncidentQuerySet:
    """The incident with roles, schedules and links, and the timeline's counts, in three queries."""
    standing = (
        TimelineEvent.objects.standing()
        .exclude(kind="answer", answers__isnull=False)
        .filter(incident=OuterRef("pk"))
    )

    def counted(events: TimelineEventQuerySet) -> Coalesce:
        total = events.order_by().values("incident").annotate(n=Count("pk")).values("n")
        return Coalesce(Subquery(total, output_field=IntegerField()), 0)

    own = Participation.objects.filter(incident=OuterRef("pk"), user=request.user, left_at__isnull=True)
    links = IncidentLink.objects.filter(incident=OuterRef("pk")).values(
        row=JSONObject(label="label", url="url", kind="kind")
    )
    return (
        Incident.objects.visible_to(request.user)
        .of_reference(reference)
        .select_related("severity", "incident_type", "retrospective__owner")
        .with_people()
        .with_updates()
        .annotate(
            all_count=counted(standing),
            key_count=counted(standing.key()),
            starred_count=counted(standing.starred()),
            link_rows=ArraySubquery(links),
            own_participation=Exists(own),
            is_followed=is_followed(request.user, OuterRef("pk")),
            stamp=_stamp(),
            pending_updates=ArraySubquery(_pending_updates()),
            **kept_rows(),
        )
    )


def _pending_updates() -> QuerySet[StatusUpdate, Any]:
    """Updates that can still be taken back, wait for approval, or came back to their author: for the banners."""
    newer = StatusUpdate.objects.filter(
        incident=OuterRef("incident"), author=OuterRef("author"), posted_at__gt=OuterRef("posted_at")
    )
    mine = StatusUpdate.objects.filter(incident=OuterRef("pk"))
    leaving = Q(state=UpdateState.POSTED, leaves_at__gt=timezone.now())
    returned = Q(state=UpdateState.RETURNED) & ~Exists(newer)
    return (
        mine.filter(leaving | returned | Q(state=UpdateState.AWAITING))
        .order_by("pk")
        .values(
            row=JSONObject(
                pk="pk",
                state="state",
                author="author_id",
                name="author__name",
                leaves_at="leaves_at",
                reason="return_reason",
                corrects="corrects_id",
            )
        )
    )


def _stamp() -> Subquery:
    """The number of the last audit entry: it counts up with every change, so screens can tell they are behind."""
    chain = Concat(Value("incident:"), Cast(OuterRef("pk"), CharField()))
    last = AuditEntry.objects.filter(chain=chain).order_by("-sequence").values("sequence")[:1]
    return Subquery(last, output_field=IntegerField())


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


def _changes(request: SignedInRequest, incident: Incident, affected: list) -> list[ChangeEvent]:
    """Changes of the affected services in the two hours before it began, and those put on this incident."""
    services = [a.service_id for a in affected]
    until = incident.ended_at or timezone.now()
    near = ChangeEvent.objects.visible_to(request.user).filter(
        Q(incidents=incident)
        | Q(
            Q(service__in=services) | Q(service__isnull=True, incidents__isnull=True),
            at__gte=incident.began_at - CHANGE_WINDOW,
            at__lte=until,
        )
    )
    suspected = Incident.suspected_changes.through.objects.filter(
        incident=incident, changeevent=OuterRef("pk")
    )
    return list(
        near.select_related("service")
        .annotate(is_suspected=Exists(suspected))
        .distinct()
        .order_by("-at")[:12]
    )
