"""One action item: its page, its forms, the states it goes through; and the same change for many."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from action_items import workflow
from action_items.forms import ActionItemForm, BulkForm, HelpedForm, StateForm
from action_items.hooks import tickets
from action_items.models import ActionItem, ActionState
from action_items.permissions import can_add_action_item, can_change_action_item
from audit.models import AuditEntry
from core.forms import Styled
from core.responses import way_back
from incidents.models import Incident
from incidents.views.common import attempt, is_number, responders_only, submitted
from incidents.views.common import load as load_incident
from retros.models import Retrospective
from retros.views.common import load as load_retrospective

ASKING = (ActionState.WONT_DO, ActionState.VERIFIED)
MOST_AT_ONCE = 500


def load(request: SignedInRequest, pk: int) -> ActionItem:
    """The item with what it came from, or 404 for whoever cannot reach it."""
    return get_object_or_404(ActionItem.objects.visible_to(request.user).with_sources(request.user), pk=pk)


def load_to_change(request: SignedInRequest, pk: int) -> ActionItem:
    item = load(request, pk)
    if not can_change_action_item(request.user, item):
        raise PermissionDenied("Only the owner, and responders who can see its source, can change it.")
    return item


@require_safe
def action_item(request: SignedInRequest, pk: int) -> HttpResponse:
    item = load(request, pk)
    is_open = item.is_source_open  # type: ignore[attr-defined]
    history = list(AuditEntry.objects.of(item.chain).filter(subject=item.reference).newest_first()[:100])
    for entry in history if not is_open else ():
        entry.changes.pop("factor", None)  # it belongs to what is out of reach
    may_change = can_change_action_item(request.user, item)
    context = {
        "item": item,
        "section": "actions",
        "may_change": may_change,
        "tickets": tickets(request.user, item, may_change=may_change),
        "history": history,
        "is_source_open": is_open,
    }
    return render(request, "action_items/item.html", context)


@require_http_methods(["GET", "POST"])
@responders_only
def action_item_new(request: SignedInRequest) -> HttpResponse:
    return _new(request, to=reverse("action_list"))


@require_http_methods(["GET", "POST"])
@responders_only
def incident_action_new(request: SignedInRequest, reference: str) -> HttpResponse:
    incident = load_incident(request, reference)
    return _new(request, incident=incident, to=incident.get_absolute_url())


@require_http_methods(["GET", "POST"])
def action_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """From a retrospective; `?factor=` and `?learning=` say of what in it."""
    retrospective = load_retrospective(request, pk)
    if not can_add_action_item(request.user, retrospective=retrospective):
        raise PermissionDenied("Only responders and participants can add action items.")
    return _new(request, retrospective=retrospective, to=reverse("retrospective_actions", args=[pk]))


@require_http_methods(["GET", "POST"])
def action_item_details(request: SignedInRequest, pk: int) -> HttpResponse:
    item = load_to_change(request, pk)
    is_open = item.is_source_open  # type: ignore[attr-defined]
    form = ActionItemForm(
        request.POST or None, instance=item, retrospective=item.retrospective if is_open else None
    )
    if submitted(request, form) and attempt(
        form, workflow.change_action_item, item=item, by=request.user, **form.cleaned_data
    ):
        return leave_form(request, item.get_absolute_url(), f"{item.reference} is changed.")
    return ask_page(
        request, form, title=f"Edit {item.reference}", submit="Save", back=item.get_absolute_url(), wide=True
    )


@require_http_methods(["GET", "POST"])
def action_state(request: SignedInRequest, pk: int) -> HttpResponse:
    """Into another state. What needs no words goes by one button; the rest asks on a page or in a dialog."""
    item = load_to_change(request, pk)
    to = request.POST.get("to") or request.GET.get("to", "")
    if to not in ActionState.values:
        return redirect(item)
    is_reopened = not item.is_unfinished and to not in ASKING
    form = StateForm(request.POST or None, to=to, is_reopened=is_reopened)
    if submitted(request, form) and attempt(
        form, workflow.move_action_item, item=item, by=request.user, **form.cleaned_data
    ):
        done = form.outcome.get_state_display().lower()
        return leave_form(request, item.get_absolute_url(), f"{item.reference} is {done}.")
    own = to == ActionState.VERIFIED and item.owner_id == request.user.pk
    hint = (
        "You own this item. Ask someone else to verify it if you can. If you verify it yourself, the item says so."
        if own
        else ""
    )
    return ask_page(
        request,
        form,
        title=f"Reopen {item.reference}"
        if is_reopened
        else f"{item.reference}: {ActionState(to).label.lower()}",
        subject=item.title,
        hint=hint or (f"How we know: {item.verification}" if to == ActionState.VERIFIED else ""),
        submit="Reopen" if is_reopened else ActionState(to).label,
        back=item.get_absolute_url(),
        address=reverse("action_state", args=[pk]),
    )


@require_http_methods(["GET", "POST"])
def action_helped(request: SignedInRequest, pk: int) -> HttpResponse:
    item = load_to_change(request, pk)
    form = HelpedForm(request.POST or None, initial={"answer": item.helped, "note": item.helped_note})
    if submitted(request, form) and attempt(
        form, workflow.answer_helped, item=item, by=request.user, **form.cleaned_data
    ):
        return leave_form(request, item.get_absolute_url(), "Noted.")
    return ask_page(
        request,
        form,
        title="Did it help?",
        subject=f"{item.reference} {item.title}",
        hint="Too early is asked again in 30 days.",
        submit="Save",
        back=item.get_absolute_url(),
    )


@require_http_methods(["GET", "POST"])
def action_bulk(request: SignedInRequest) -> HttpResponse:
    """The same change for all that are selected; what cannot be changed says why and stays."""
    data = request.POST if request.method == "POST" else request.GET
    chosen = [int(number) for number in data.getlist("item")[:MOST_AT_ONCE] if is_number(number)]
    items = list(ActionItem.objects.visible_to(request.user).filter(pk__in=chosen).order_by("pk"))
    change, back = data.get("change", ""), way_back(data.get("back", ""), reverse("action_list"))
    change, _, state = change.partition(":")
    if not items or change not in BulkForm.CHANGES:
        messages.info(request, "Select action items first.")
        return redirect(back)
    form = BulkForm(request.POST or None, change=change, state=state)
    if submitted(request, form) and attempt(
        form, workflow.bulk_change_action_items, items=items, by=request.user, **form.cleaned_data
    ):
        result = form.outcome
        for _item, why in result.refused:
            messages.error(request, why)
        return leave_form(request, back, f"{len(result.changed)} of {len(items)} changed.")
    count = f"{len(items)} action item{'s' if len(items) > 1 else ''}"
    return ask_page(
        request,
        form,
        title=f"Change {count}",
        submit="Change",
        back=back,
        items=items,
        address=reverse("action_bulk"),
    )


# -- what the views above share ------------------------------------------------------------------------------


def _new(
    request: SignedInRequest,
    *,
    to: str,
    retrospective: Retrospective | None = None,
    incident: Incident | None = None,
) -> HttpResponse:
    given: dict[str, Any] = {"retrospective": retrospective, "incident": incident}
    initial: dict[str, Any] = {"title": request.GET.get("title", "")[:200]}
    hint = ""
    if retrospective and (learning := _part(request, retrospective, "learning")):
        given["learning"], hint = learning, f"From what was noted: {learning.text}"
    if retrospective and (factor := _part(request, retrospective, "factor")):
        initial["factor"], hint = factor.pk, f"So that this matters less: {factor.text}"
    is_private = bool((retrospective and retrospective.is_private) or (incident and incident.is_private))
    form = ActionItemForm(
        request.POST or None, retrospective=retrospective, is_private=is_private, initial=initial
    )
    if submitted(request, form) and attempt(
        form, workflow.add_action_item, by=request.user, **given, **form.cleaned_data
    ):
        return leave_form(request, to, f"{form.outcome.reference} is added.")
    return ask_page(request, form, title="New action item", submit="Add", back=to, hint=hint, wide=True)


def _part(request: SignedInRequest, retrospective: Retrospective, name: str) -> Any:
    """The factor or learning the address names, if it is one of this retrospective's."""
    number = request.GET.get(name, "")
    rows: Any = retrospective.factors
    if name == "learning":
        rows = retrospective.learnings.readable_by(request.user)
    return rows.filter(pk=int(number)).first() if is_number(number) else None


def leave_form(request: SignedInRequest, to: str, message: str) -> HttpResponse:
    """From a page on to `to`; a dialog leaves one where one was, with everything fresh."""
    messages.info(request, message)
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return redirect(way_back(request.POST.get("back", ""), to))


def ask_page(
    request: SignedInRequest, form: Styled, *, title: str, submit: str, back: str, **extra: Any
) -> HttpResponse:
    """A form of its own page; the same template's fragment when htmx asks for a dialog."""
    status = form.answer_status(is_part=bool(request.htmx))
    template = "action_items/form.html" + ("#form_card" if request.htmx else "")
    context = {"form": form, "title": title, "submit": submit, "back": back, "section": "actions"}
    context["address"] = request.get_full_path()
    return render(request, template, context | extra, status=status)
