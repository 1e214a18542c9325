"""The pages of the demo's own tracker, where a visitor changes a ticket as somebody else would. In demo mode only."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from core.forms import DayInput, Form
from core.text import written_day
from demo import tickets
from demo.models import DemoTicket
from trackers.face import Field, day_or_none
from trackers.models import Ticket

MOST = 200


class DemoTicketForm(Form):
    title = forms.CharField(max_length=200)
    state = forms.ChoiceField(choices=[(state.pk, state.name) for state in tickets.STATES])
    owner = forms.ChoiceField(required=False)
    due_on = forms.DateField(label="Due date", required=False, widget=DayInput)
    priority = forms.ChoiceField(choices=[(one.pk, one.name) for one in tickets.PRIORITIES])
    is_untold = forms.BooleanField(
        required=False,
        label="Send no webhook this time",
        help_text="Then change the same field in Allclear as well, and see a conflict.",
    )

    def __init__(self, *args: Any, people: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.typed_field("owner", forms.ChoiceField).choices = [
            ("", "Nobody"),
            *((person.pk, person.name) for person in people.values() if person != tickets.BOT),
        ]


def demo_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@never_cache
@require_safe
@demo_only
def demo_tickets(request: SignedInRequest) -> HttpResponse:
    asked = request.GET.get("project", "")
    projects = [key for key in tickets.PROJECTS if asked in ("", key)] or list(tickets.PROJECTS)
    rows = DemoTicket.objects.there().filter(project__in=projects).order_by("project", "-number")[:MOST]
    states = {state.pk: state.name for state in tickets.STATES}
    people = tickets.people()
    context = {
        "rows": [_row(ticket, states, people) for ticket in rows],
        "projects": tickets.PROJECTS.items(),
        "asked": asked,
        "person": tickets.ROBIN,
    }
    return render(request, "demo/tickets.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@demo_only
def demo_ticket(request: SignedInRequest, key: str) -> HttpResponse:
    """What is changed here reaches Allclear as a change in any other tracker does."""
    ticket, people = _load(key), tickets.people()
    form = DemoTicketForm(request.POST or None, initial=_initial(ticket), people=people)
    if ticket.deleted_at is None and form.is_valid():
        tickets.change_ticket(ticket=ticket, **form.cleaned_data)
        messages.success(request, f"{ticket.key} is changed.")
        return redirect("demo_ticket", ticket.key)
    linked = Ticket.objects.visible_to(request.user).filter(
        tracker__kind=tickets.KIND, remote_id=str(ticket.pk)
    )
    context = {
        "ticket": ticket,
        "form": form,
        "person": tickets.ROBIN,
        "links": linked.select_related("item").order_by("item"),
        "history": _history(ticket, people),
    }
    return render(request, "demo/ticket.html", context)


@require_POST
@demo_only
def demo_ticket_deletion(request: SignedInRequest, key: str) -> HttpResponse:
    ticket = tickets.delete_ticket(ticket=_load(key))
    messages.success(request, f"{ticket.key} is deleted. Allclear does not find it any more.")
    return redirect("demo_ticket", ticket.key)


@require_POST
@demo_only
def demo_ticket_restoration(request: SignedInRequest, key: str) -> HttpResponse:
    ticket = tickets.restore_ticket(ticket=_load(key))
    messages.success(request, f"{ticket.key} is restored.")
    return redirect("demo_ticket", ticket.key)


def _load(key: str) -> DemoTicket:
    return get_object_or_404(DemoTicket.objects.of_key(key))


def _initial(ticket: DemoTicket) -> dict[str, Any]:
    return ticket.raw | {"due_on": day_or_none(ticket.raw["due_on"])}


def _row(ticket: DemoTicket, states: dict[str, str], people: dict[str, Any]) -> dict[str, Any]:
    owner = people.get(ticket.raw["owner"])
    return {
        "key": ticket.key,
        "url": reverse("demo_ticket", args=[ticket.key]),
        "title": ticket.raw["title"],
        "state": states.get(ticket.raw["state"], ticket.raw["state"]),
        "owner": owner.name if owner else "Nobody",
        "due_on": day_or_none(ticket.raw["due_on"]),
    }


def _history(ticket: DemoTicket, people: dict[str, Any]) -> list[dict[str, Any]]:
    """The newest first, in words."""
    named = {one.pk: one.name for one in (*tickets.STATES, *tickets.PRIORITIES, *people.values())}

    def told(name: str, value: str) -> str:
        day = day_or_none(value) if name == Field.DUE else None
        return written_day(day) if day else named.get(value, value)

    return [
        {
            "field": Field(row["field"]).label,
            "before": told(row["field"], row["before"]),
            "after": told(row["field"], row["after"]),
            "by": named.get(row["by"], row["by"]),
            "at": datetime.fromisoformat(row["at"]),
        }
        for row in reversed(ticket.changes)
    ]
