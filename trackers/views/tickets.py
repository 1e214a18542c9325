"""Tickets of action items: the part of the item's page, and its forms and buttons."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from action_items.models import ActionItem
from action_items.views.items import MOST_AT_ONCE, ask_page, leave_form, load, load_to_change
from core.responses import refused_or, way_back
from incidents.views.common import attempt, is_number, submitted
from trackers import workflow
from trackers.forms import NO_ASSIGNEE, BulkTicketForm, ChoiceForm, LinkForm, PrivateForm, TicketForm
from trackers.models import Ticket, TicketConflict, TicketState, Tracker
from trackers.of_item import owner_by_ticket, projects_for, tickets_of
from trackers.permissions import can_link


@never_cache
@require_safe
def item_tickets(request: SignedInRequest, pk: int) -> HttpResponse:
    """The part of the page, fetched again while a worker is at it; by itself, the whole page."""
    item = load(request, pk)
    if not request.htmx:
        return redirect(item)
    if request.GET.get("version") not in (None, str(item.version)):  # the rest of the page is old, too
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    may_change = can_link(request.user, item)
    context = {"item": item, "may_change": may_change, "tickets": tickets_of(request.user, item, may_change)}
    return render(request, "trackers/_of_item.html", context)


@require_http_methods(["GET", "POST"])
def ticket_new(request: SignedInRequest, pk: int) -> HttpResponse:
    item = load_to_change(request, pk)
    projects = projects_for(item)
    is_private = workflow.comes_from_private(item)
    form = TicketForm(request.POST or None, projects=projects, is_private=is_private)
    if submitted(request, form) and attempt(
        form, workflow.create_ticket, by=request.user, item=item, **form.cleaned_data
    ):
        return leave_form(request, item.get_absolute_url(), "The ticket is being created.")
    hint = (
        ""
        if projects.exists()
        else "No project is set up yet. An administrator adds one in Settings → Trackers."
    )
    return ask_page(
        request, form, title="Create ticket", submit="Create ticket", back=item.get_absolute_url(), hint=hint,
        subject=f"{item.reference} {item.title}",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def ticket_link(request: SignedInRequest, pk: int) -> HttpResponse:
    item = load_to_change(request, pk)
    is_private = workflow.comes_from_private(item)
    # What somebody typed by hand is likely to be the one.
    initial = {} if item.tickets.exists() else {"address": item.external_url or item.external_key}
    form = LinkForm(
        request.POST or None,
        trackers=Tracker.objects.working(),
        is_private=is_private,
        owner_note=NO_ASSIGNEE if item.owner_id else "",
        initial=initial,
    )
    if submitted(request, form) and attempt(
        form, workflow.link_ticket, by=request.user, item=item, **form.cleaned_data
    ):
        return leave_form(request, item.get_absolute_url(), "The ticket is being looked for.")
    return ask_page(
        request, form, title="Link ticket", submit="Link ticket", back=item.get_absolute_url(),
        subject=f"{item.reference} {item.title}",
    )  # fmt: skip


@require_POST
def ticket_sync(request: SignedInRequest, pk: int, ticket: int) -> HttpResponse:
    """With `is_private_known`, although it became private; with `is_same_ticket`, although it has another key."""
    known = {name: True for name in ("is_private_known", "is_same_ticket") if request.POST.get(name)}
    return _click(request, pk, ticket, "It is being synced.", workflow.sync_ticket, **known)


@require_http_methods(["GET", "POST"])
def ticket_choice(request: SignedInRequest, pk: int, ticket: int) -> HttpResponse:
    """Sync with this one from now on, beginning with the values of one side."""
    item = load_to_change(request, pk)
    subject = get_object_or_404(Ticket.objects.with_places(), pk=ticket, item=item, state=TicketState.LINKED)
    form = ChoiceForm(request.POST or None, owner_note=owner_by_ticket(subject, item))
    if submitted(request, form) and attempt(
        form, workflow.choose_synced, by=request.user, ticket=subject, **form.cleaned_data
    ):
        return leave_form(request, item.get_absolute_url(), f"{subject} is synced from now on.")
    return ask_page(
        request,
        form,
        title=f"Sync with {subject}",
        submit="Sync with it",
        back=item.get_absolute_url(),
        hint="Of the ticket that was synced before only the state is shown.",
        subject=f"{item.reference} {item.title}",
    )


@require_http_methods(["GET", "POST"])
def ticket_unlinking(request: SignedInRequest, pk: int, ticket: int) -> HttpResponse:
    item = load_to_change(request, pk)
    subject = get_object_or_404(Ticket.objects.with_places(), pk=ticket, item=item)
    form = PrivateForm(request.POST or None)
    if submitted(request, form):
        workflow.unlink_ticket(by=request.user, ticket=subject)
        return leave_form(request, item.get_absolute_url(), f"{subject} is unlinked.")
    return ask_page(
        request,
        form,
        title=f"Unlink {subject}?",
        submit="Unlink ticket",
        back=item.get_absolute_url(),
        hint=f"It stays in {subject.tracker} as it is. What changes from now on reaches neither side.",
        subject=f"{item.reference} {item.title}",
    )


@require_POST
def ticket_conflict(request: SignedInRequest, pk: int, ticket: int, conflict: int) -> HttpResponse:
    """Use one of the two values on both sides. `?back=` is the list where somebody chose."""
    item = load_to_change(request, pk)
    subject = get_object_or_404(TicketConflict, pk=conflict, ticket=ticket, ticket__item=item)
    if request.POST.get("use") not in ("ours", "theirs"):
        messages.error(request, "Choose one of the two values.")
        return redirect(item)
    return refused_or(
        request,
        f"{item.reference} and {subject.ticket} get that value.",
        way_back(request.GET.get("back", ""), item.get_absolute_url()),
        [],
        workflow.settle_conflict,
        by=request.user,
        conflict=subject,
        theirs=request.POST["use"] == "theirs",
    )


@require_http_methods(["GET", "POST"])
def tickets_new(request: SignedInRequest) -> HttpResponse:
    """For all that are selected in a list; what cannot get a ticket says why."""
    data = request.POST if request.method == "POST" else request.GET
    chosen = [int(number) for number in data.getlist("item")[:MOST_AT_ONCE] if is_number(number)]
    items = list(ActionItem.objects.visible_to(request.user).filter(pk__in=chosen).order_by("pk"))
    back = way_back(data.get("back", ""), reverse("action_list"))
    if not items:
        messages.info(request, "Select action items first.")
        return redirect(back)
    form = BulkTicketForm(request.POST if "project" in request.POST else None, projects=projects_for(None))
    if submitted(request, form) and attempt(
        form, workflow.create_tickets, by=request.user, items=items, **form.cleaned_data
    ):
        result = form.outcome
        for item, why in result.refused:
            messages.error(request, f"{item.reference}: {why}")
        return leave_form(request, back, f"{len(result.asked)} of {len(items)} get a ticket.")
    count = f"{len(items)} action item{'s' if len(items) > 1 else ''}"
    return ask_page(
        request,
        form,
        title=f"Create tickets for {count}",
        submit="Create tickets",
        back=back,
        items=items,
        address=reverse("tickets_new"),
    )


def _click(
    request: SignedInRequest, pk: int, ticket: int, done: str, verb: Callable[..., Any], **more: Any
) -> HttpResponse:
    item = load(request, pk)
    if not can_link(request.user, item):
        raise PermissionDenied(
            "Only the owner, and responders who can see its source, can change its tickets."
        )
    subject = Ticket.objects.filter(pk=ticket, item=item).first()
    if subject is None:
        raise Http404
    return refused_or(request, done, "action_item", [pk], verb, by=request.user, ticket=subject, **more)
