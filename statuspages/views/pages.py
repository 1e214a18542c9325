"""The list of status pages, one page's set-up, and how a page looks to those it is for."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Installation
from accounts.requests import SignedInRequest
from core.permissions import administrators_only
from core.responses import refused_or
from statuspages import public_routes, workflow
from statuspages.forms import ComponentForm, ComponentStateForm, GroupForm, PageForm
from statuspages.models import Component, ComponentGroup, StatusPage
from statuspages.months import MonthPage
from statuspages.status_snapshot import Window, read
from statuspages.views.common import form_page, load, load_to_work, saved

SUBSCRIBERS = 100  # on a page of them


@require_safe
def status_pages(request: SignedInRequest) -> HttpResponse:
    pages = StatusPage.objects.shown_inside(drafts=request.user.is_responder).with_counts()
    context = {"pages": pages, "section": "status_pages"}
    return render(request, "statuspages/list.html", context)


@require_safe
def status_page(request: SignedInRequest, slug: str) -> HttpResponse:
    """What the page is made of; stakeholders are led on to how it looks."""
    page = load(request, slug)
    if not request.user.is_responder:
        return redirect("shown_page", slug)
    shown = read(page, viewer=request.user)
    confirmed = page.subscribers.confirmed()
    context = {
        "page": page,
        "shown": shown,
        "states": {c.pk: c for c in shown.components},
        "rows": page.components.in_order(),
        "groups": page.groups.all(),
        "subscriber_count": confirmed.count() if request.user.is_administrator else None,
        "is_host_known": not page.host or page.host in settings.STATUS_HOSTS,
        "section": "status_pages",
    }
    return render(request, "statuspages/page.html", context)


@require_http_methods(["GET", "POST"])
@administrators_only
def status_page_new(request: SignedInRequest) -> HttpResponse:
    installation = Installation.get()
    initial = {
        "name": installation.name,
        "time_zone": installation.time_zone,
        "is_default": not StatusPage.objects.filter(is_default=True).exists(),
    }
    form = PageForm(request.POST or None, initial=initial)
    if form.is_valid() and form.submit(workflow.keep_page, by=request.user, page=form.instance):
        return saved(request, f"{form.outcome} is added.", "status_page", form.outcome.slug)
    return form_page(request, "New status page", "Add page", reverse("status_pages"), form=form)


@require_http_methods(["GET", "POST"])
@administrators_only
def status_page_settings(request: SignedInRequest, slug: str) -> HttpResponse:
    page = load(request, slug)
    form = PageForm(request.POST or None, instance=page)
    if form.is_valid() and form.submit(workflow.keep_page, by=request.user, page=form.instance):
        return saved(request, "The page is saved.", "status_page", form.outcome.slug)
    back = reverse("status_page", args=[slug])
    return form_page(
        request, "Page settings", "Save", back, form=form, removable=None if page.is_published else page
    )


@require_POST
@administrators_only
def status_page_deletion(request: SignedInRequest, slug: str) -> HttpResponse:
    page = load(request, slug)
    try:
        workflow.remove_page(by=request.user, page=page)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("status_page", slug)
    return saved(request, f"{page} is deleted.", "status_pages")


@require_http_methods(["GET", "POST"])
@administrators_only
def component_group(request: SignedInRequest, slug: str, pk: int | None = None) -> HttpResponse:
    page = load(request, slug)
    group = get_object_or_404(page.groups, pk=pk) if pk else ComponentGroup(page=page)
    form = GroupForm(request.POST or None, instance=group)
    if form.is_valid() and form.submit(workflow.keep_group, by=request.user, group=form.instance):
        return saved(request, "The group is saved.", "status_page", slug)
    title = "Group" if pk else "New group"
    return form_page(request, title, "Save group", reverse("status_page", args=[slug]), form=form, page=page)


@require_http_methods(["GET", "POST"])
@administrators_only
def component(request: SignedInRequest, slug: str, pk: int | None = None) -> HttpResponse:
    page = load(request, slug)
    part = get_object_or_404(page.components, pk=pk) if pk else Component(page=page)
    form = ComponentForm(request.POST or None, instance=part, page=page)
    if form.is_valid() and form.submit(workflow.keep_component, by=request.user, component=form.instance):
        return saved(request, f"{form.outcome} is saved.", "status_page", slug)
    title = "Component" if pk else "New component"
    back = reverse("status_page", args=[slug])
    return form_page(request, title, "Save component", back, form=form, page=page)


@require_http_methods(["GET", "POST"])
@administrators_only
def component_deletion(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """What goes with it is said before."""
    page = load(request, slug)
    part = get_object_or_404(page.components, pk=pk)
    if request.method == "POST":
        return _done(request, slug, f"{part} is deleted.", workflow.remove_from_page, entry=part)
    confirmed = page.subscribers.confirmed()
    context = {
        "page": page,
        "component": part,
        "hearing": confirmed.filter(components=part).count(),
        "ending": confirmed.of_nothing_else(part),
        "section": "status_pages",
    }
    return render(request, "statuspages/component_deletion.html", context)


@require_POST
@administrators_only
def component_place(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    part = get_object_or_404(load(request, slug).components, pk=pk)
    up = request.POST.get("to") == "up"
    return _done(
        request, slug, f"{part} is moved {'up' if up else 'down'}.", workflow.move_on_page, entry=part, up=up
    )


@require_http_methods(["GET", "POST"])
def component_state(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """How a component without a service is, set by hand."""
    page = load_to_work(request, slug)
    part = get_object_or_404(page.components.filter(service=None), pk=pk)
    running = part.states.filter(ended_at__isnull=True).first()
    form = ComponentStateForm(request.POST or None, initial={"impact": running.impact if running else ""})
    if form.is_valid() and form.submit(
        workflow.set_component_state,
        by=request.user,
        component=part,
        impact=form.cleaned_data["impact"] or None,
    ):
        return saved(request, f"{part} is set.", "status_page", slug)
    back = reverse("status_page", args=[slug])
    return form_page(request, f"State of {part}", "Set state", back, form=form, page=page)


@require_POST
@administrators_only
def component_group_deletion(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    group = get_object_or_404(load(request, slug).groups, pk=pk)
    return _done(request, slug, f"The group {group} is deleted.", workflow.remove_from_page, entry=group)


@require_POST
@administrators_only
def component_group_place(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    group = get_object_or_404(load(request, slug).groups, pk=pk)
    up = request.POST.get("to") == "up"
    return _done(
        request,
        slug,
        f"{group} is moved {'up' if up else 'down'}.",
        workflow.move_on_page,
        entry=group,
        up=up,
    )


@require_safe
@administrators_only
def page_subscribers(request: SignedInRequest, slug: str) -> HttpResponse:
    page = load(request, slug)
    rows = Paginator(page.subscribers.confirmed().prefetch_related("components"), SUBSCRIBERS)
    context = {
        "page": page,
        "subscribers": rows.get_page(request.GET.get("page")),
        "waiting": page.subscribers.filter(confirmed_at__isnull=True).count(),
        "section": "status_pages",
    }
    return render(request, "statuspages/subscribers.html", context)


@require_safe
def shown_page(
    request: SignedInRequest,
    slug: str,
    part: str = "",
    code: str = "",
    month: MonthPage | None = None,
) -> HttpResponse:
    """The page as its readers see it: internal pages, and drafts before they are published."""
    page = load(request, slug)
    note = "" if page.is_published else "A draft: nobody outside Allclear sees this page yet."
    frame = public_routes.Frame(note=note, is_inside=True)
    windows = {
        "history": public_routes.HISTORY,
        "incident": Window(code=code, has_bars=False),
        "maintenance": public_routes.MAINTENANCE,
    }
    window = public_routes.window_of(month) if month else windows.get(part)
    shown = read(page, window, viewer=request.user)
    try:
        if month:
            answer = public_routes.history_of(shown, frame, month)
        elif part == "history":
            answer = public_routes.history(shown, frame)
        elif part:
            answer = {"incident": public_routes.incident, "maintenance": public_routes.maintenance}[part](
                shown, frame, code
            )
        else:
            answer = public_routes.index(shown, frame)
    except public_routes.Missing as error:
        raise Http404 from error
    return HttpResponse(answer.body, headers={"Cache-Control": "private, no-store"})


def _done(
    request: SignedInRequest, slug: str, words: str, verb: Callable[..., object], **arguments: Any
) -> HttpResponse:
    return refused_or(request, words, "status_page", [slug], verb, by=request.user, **arguments)
