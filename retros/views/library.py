"""What is in progress, the library of what is published, and what readers say of it."""

from typing import Any

from django.contrib import messages
from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from core.paging import Pages
from core.permissions import administrators_only
from incidents.models import AffectedService, Service
from incidents.views.common import attempt, is_number, submitted
from incidents.views.common import load as load_incident
from retros import workflow
from retros.cost_forms import CostForm
from retros.forms import SettingsForm
from retros.models import CostAssumptions, Factor, Publication, Retrospective, RetrospectiveSettings
from retros.permissions import can_start
from retros.similar import COMPARED
from retros.similar import seen_before as find_seen_before
from retros.views.common import click, load

PAGE, ONGOING, FACETS = 25, 50, 10
FACETS_FROM = (
    500  # of the newest published: what is named beside the list; a count is shown where these are all
)


@require_safe
def retrospective_list(request: SignedInRequest) -> HttpResponse:
    """?q= words, ?factor= and ?service= narrow the library down."""
    visible = Retrospective.objects.visible_to(request.user)
    published = visible.published()  # facets are told from rows as they stand now
    q = request.GET.get("q", "").strip()[:200]
    chosen = {name: _chosen(request, name) for name in ("factor", "service")}
    rows = Retrospective.objects.readable_by(request.user).published()
    if q:
        query = SearchQuery(q, search_type="websearch", config="english")
        rows = rows.filter(pk__in=Publication.objects.newest().filter(search=query).values("retrospective"))
    if chosen["factor"]:
        rows = rows.filter(pk__in=published.filter(factors__factor=chosen["factor"]).values("pk"))
    if chosen["service"]:
        on_it = published.filter(incidents__affected_services__service=chosen["service"])
        rows = rows.filter(pk__in=on_it.values("pk"))
    rows = rows.with_marks().select_related("incident")
    newest = published.order_by("-published_at", "-pk").values_list("pk", flat=True)
    recent = list(newest[:FACETS_FROM])
    is_narrowed = bool(q or any(chosen.values()))
    ongoing = visible.unfinished().select_related("owner", "incident", "facilitator").order_by("due_on", "pk")
    page = Pages(rows.order_by("-published_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    _as_read(list(page.object_list))
    context: dict[str, Any] = {
        "section": "retrospectives",
        "q": q,
        "chosen": chosen,
        "is_narrowed": is_narrowed,
        "ongoing": None if is_narrowed else Pages(ongoing, ONGOING).get_page(request.GET.get("open")),
        "page": page,
        "factors": _factors(recent),
        "services": _services(recent),
        "counts_facets": len(recent) < FACETS_FROM,
        "can_start": can_start(request.user),
    }
    return render(request, "retros/list.html", context)


@require_POST
def reader_mark(request: SignedInRequest, pk: int) -> HttpResponse:
    """This changed how I work; or, not any more."""
    retrospective = load(request, pk)
    return click(
        request,
        retrospective,
        workflow.mark_changed_how_i_work,
        retrospective=retrospective,
        by=request.user,
        is_so=request.POST.get("on") == "yes",
        to=retrospective.get_absolute_url(),
    )


@require_safe
def seen_before(request: SignedInRequest, reference: str) -> HttpResponse:
    """Published retrospectives this incident brings to mind; a fragment for its rail, a page without JavaScript."""
    incident = load_incident(request, reference)
    context = {
        "incident": incident,
        "section": "incidents",
        "seen": find_seen_before(incident, reader=request.user),
        "compared": COMPARED,
    }
    return render(request, "retros/seen_before.html" + ("#seen" if request.htmx else ""), context)


@require_http_methods(["GET", "POST"])
@administrators_only
def retrospective_settings(request: SignedInRequest) -> HttpResponse:
    form = SettingsForm(request.POST or None, instance=RetrospectiveSettings.get())
    if submitted(request, form) and attempt(
        form, workflow.describe_retrospectives, by=request.user, **form.cleaned_data
    ):
        messages.info(request, "Saved.")
        return redirect("retrospective_settings")
    return render(request, "retros/settings.html", {"form": form, "section": "settings"})


@require_http_methods(["GET", "POST"])
@administrators_only
def cost_settings(request: SignedInRequest) -> HttpResponse:
    form = CostForm(request.POST or None, assumed=CostAssumptions.get())
    if submitted(request, form) and attempt(
        form,
        workflow.assume_costs,
        by=request.user,
        currency=form.cleaned_data["currency"],
        rates=form.rates(),
    ):
        messages.info(request, "Saved.")
        return redirect("cost_settings")
    return render(request, "retros/cost_settings.html", {"form": form, "section": "settings"})


def _as_read(rows: list[Retrospective]) -> None:
    """One that is open again is listed under the words of the version that is read meanwhile."""
    reopened = {row.pk: row for row in rows if not row.is_published}
    if reopened:
        read = Publication.objects.newest().filter(retrospective__in=reopened)
        for pk, title, scope in read.values_list("retrospective", "content__title", "content__scope"):
            reopened[pk].title, reopened[pk].scope = title, scope


def _chosen(request: SignedInRequest, name: str) -> int | None:
    value = request.GET.get(name, "")
    return int(value) if is_number(value) else None


def _factors(recent: list[int]) -> list[Factor]:
    """The most frequent first, each with `n`, its retrospectives."""
    inside = Q(appearances__retrospective__in=recent)
    counted = Factor.objects.filter(inside).annotate(n=Count("appearances__retrospective", distinct=True))
    return list(counted.order_by("-n", "text")[:FACETS])


def _services(recent: list[int]) -> list[Service]:
    """The most frequent first, each with `n`, its retrospectives."""
    impacts = AffectedService.objects.filter(incident__retrospectives__in=recent).order_by()
    counted = impacts.values("service").annotate(n=Count("incident__retrospectives", distinct=True))
    numbers = dict(counted.order_by("-n", "service__name").values_list("service", "n")[:FACETS])
    services = Service.objects.in_bulk(numbers)
    for key, number in numbers.items():
        services[key].n = number  # type: ignore[attr-defined]  # as of an annotation
    return [services[key] for key in numbers]
