"""Ctrl-K: actions in context first, then incidents, services, people."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from incidents.models import Incident, Service
from shell.palette_queries import action_items_named, people_named, services_named, views_named
from shell.search import NEWEST, Asked, found, is_common, newest_number, parse
from shell.word_queries import newest_with

SHOWN = 6
PAGES = [
    ("Home", "home", "house"),
    ("Incidents", "incident_list", "siren"),
    ("Overview: all that is open", "overview", "newspaper"),
    ("Insights: are we faster?", "insights", "chart-line"),
    ("Action items", "action_list", "list-checks"),
    ("Action items: the board", "action_board", "columns-3"),
    ("Status pages", "status_pages", "globe"),
    ("Report a problem", "report", "message-square-warning"),
]
PAGES += [("Settings", "settings", "settings"), ("Your profile", "profile", "user-round")]
ACTIONS = [
    ("Post a status update", "status_update", "megaphone"),
    ("Change severity", "severity", "chevrons-up"),
    ("Change status", "status", "arrow-right"),
    ("Mark mitigated", "mitigated", "circle-check"),
    ("Verify, resolve, close", "resolution", "list-checks"),
    ("Affected services", "services", "layers"),
    ("Blast radius", "blast_radius", "radar"),
    ("Run an automation", "incident_automations", "play"),
    ("Attach evidence", "evidence", "paperclip"),
    ("Add a task", "tasks", "square-check-big"),
    ("Add an action item", "incident_action_new", "list-checks"),
    ("Record a change", "changes", "git-commit-horizontal"),
    ("Mark a gap in the timeline", "gap", "unlink"),
    ("Correct when it happened", "milestones", "clock"),
    ("People on this incident", "people", "users"),
    ("Change update time", "snooze_update", "alarm-clock"),
    ("Update cadence", "cadence", "chart-no-axes-gantt"),
    ("Stakeholder brief", "brief", "file-text"),
    ("Catch me up", "catch_up", "history"),
    ("Audit trail", "audit_trail", "scroll-text"),
]


@require_safe
def palette(request: SignedInRequest) -> HttpResponse:
    """What matches `q`; `in` names the incident whose page it was opened on."""
    typed = request.GET.get("q", "").strip()[:100]
    words = typed.lower().split()
    here = Incident.objects.visible_to(request.user).of_reference(request.GET.get("in", "")).first()
    groups = []
    if here and request.user.is_responder:
        groups.append((here.reference, _links(_matching(ACTIONS, words)[:6], here.reference)))
    groups.append(("Go to", _links(_matching(_pages(request), words)[: 4 if words else 8])))
    asked = parse(typed)
    groups.append(("Incidents", [_row(i) for i in _incidents(request, asked)]))
    if words:
        groups.append(("Search", _everything(request, typed, is_found=bool(groups[-1][1]))))
        groups.append(("Action items", _action_items(request, typed)))
        groups.append(("Services", _services(typed)))
        groups.append(("People", _people(typed)))
    context = {
        "problems": asked.problems,
        "groups": [(name, rows) for name, rows in groups if rows],
        "q": typed,
        "here": request.GET.get("in", ""),
    }
    template = "incidents/palette.html"
    if request.htmx:
        template += "#results" if "q" in request.GET else "#panel"
    return render(request, template, context)


def _matching(named: list[tuple[str, str, str]], words: list[str]) -> list[tuple[str, str, str]]:
    return [one for one in named if all(word in one[0].lower() for word in words)]


def _links(named: list[tuple[str, str, str]], *arguments: str) -> list[dict]:
    return [{"text": text, "url": reverse(name, args=arguments), "icon": mark} for text, name, mark in named]


def _pages(request: SignedInRequest) -> list[tuple[str, str, str]]:
    """What only responders may do stands around what everybody may read."""
    if not request.user.is_responder:
        return PAGES
    of_administrators = [("Integrations", "integrations", "plug"), ("Alert routes", "alert_routes", "route")]
    return [
        ("Declare an incident", "declare", "siren"),
        *PAGES,
        ("New action item", "action_item_new", "list-plus"),
        *(of_administrators if request.user.is_administrator else []),
    ]


def _incidents(request: SignedInRequest, asked: Asked) -> Iterable[Incident]:
    """What runs, or what fits: words, INC-142, `sev1`, a status, `service:payments`."""
    if asked.is_empty:
        return (
            Incident.objects.visible_to(request.user)
            .active()
            .select_related("severity")
            .newest_first()[:SHOWN]
        )
    if asked.words and asked == Asked(words=asked.words, problems=asked.problems):
        return newest_with(asked.words, request.user, shown=SHOWN)
    if is_common(asked):
        near = found(asked, request.user, is_common=True).filter(number__gt=newest_number() - NEWEST)
        rows = list(near.select_related("severity").newest_first()[:SHOWN])
        if len(rows) == SHOWN:
            return rows
    return found(asked, request.user).select_related("severity").newest_first()[:SHOWN]


def _everything(request: SignedInRequest, typed: str, *, is_found: bool) -> list[dict]:
    """The saved views whose name fits, and the way to all that was found."""
    views = views_named(typed, request.user)
    rows = [{"text": view.name, "url": view.get_absolute_url(), "icon": "bookmark"} for view in views]
    listed = f"{reverse('incident_list')}?{urlencode({'q': typed})}"
    if not is_found:
        return rows
    return [*rows, {"text": f"All incidents with “{typed}”", "url": listed, "icon": "search"}]


def _row(incident: Incident) -> dict:
    return {
        "text": str(incident),
        "url": incident.get_absolute_url(),
        "status": incident.status,
        "severity": incident.severity,
    }


def _action_items(request: SignedInRequest, typed: str) -> list[dict]:
    return [
        {"text": item.title, "note": item.reference, "url": item.get_absolute_url(), "icon": "list-checks"}
        for item in action_items_named(typed, request.user)
    ]


def _services(typed: str) -> list[dict]:
    listed = reverse("incident_list")
    found = services_named(typed)
    return [{"text": s.name, "url": f"{listed}?{_of_service(s)}", "icon": "layers"} for s in found]


def _of_service(service: Service) -> str:
    return urlencode({"q": f'service:"{service.name}"'})


def _people(typed: str) -> list[dict]:
    return [
        {
            "text": u.name,
            "note": u.get_installation_role_display(),
            "url": f"mailto:{u.email}",
            "icon": "user-round",
        }
        for u in people_named(typed)
    ]
