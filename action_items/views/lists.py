"""Action items, many at a time: the list, the board, the CSV file, the section of a retrospective."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, Window
from django.db.models.functions import RowNumber
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from action_items.export import as_csv
from action_items.figures import standing
from action_items.forms import SORTS, ActionFilter
from action_items.hooks import conflict_count, makes_tickets, with_conflicts, with_tickets
from action_items.models import (
    UNFINISHED_STATES,
    ActionGroup,
    ActionItem,
    ActionItemQuerySet,
    ActionState,
)
from action_items.permissions import can_add_action_item
from core.responses import csv_answer, in_question
from retros.last import last_before
from retros.views.common import load, section

PAGE = 50
COLUMN = 20
SHOWN_FINISHED = timedelta(days=30)
LOOK_BACK = timedelta(days=90)
BULK_BUTTONS = [
    ("owner", "Owner", "user-round"),
    ("team", "Team", "users-round"),
    ("due", "Due", "calendar"),
    ("priority", "Priority", "signal-high"),
    ("state", "State", "circle-dot"),
    ("state:done", "Done", "check"),
    ("state:wont_do", "Won’t do …", "circle-slash"),
]
ORDERS = {
    "due": ("group", "due_on", "priority", "pk"),
    "priority": ("priority", "due_on", "pk"),
    "owner": ("owner__name", "due_on", "pk"),
    "newest": ("-created_at", "-pk"),
}


BY_DUE_DAY = ("due_on", "priority", "pk")
"""The order of the groups too, where nothing is done: the one an index has."""
ONLY_UNFINISHED = ("unfinished", "at_risk", *UNFINISHED_STATES)


@require_safe
def action_list(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    found = _filter(request)
    sort = request.GET.get("sort", "due")
    order = ORDERS.get(sort, ORDERS["due"])
    if found.form.data["state"] in ONLY_UNFINISHED and order == ORDERS["due"]:
        order = BY_DUE_DAY
    rows = found.qs.with_sources(request.user).grouped(today).order_by(*order)
    sizes = dict(
        found.qs.order_by().grouped(today).values_list("group").annotate(n=Count("pk", distinct=True))
    )
    pages = Paginator(rows, PAGE)
    pages.count = sum(sizes.values())
    page = pages.get_page(request.GET.get("page"))
    page.object_list = with_tickets(page)
    if found.form.data.get("tickets") == "conflict":
        page.object_list = with_conflicts(page)
    context = _head(request, found, today) | {
        "page": page,
        "groups": _groups(list(page), sizes)
        if sort not in ORDERS or sort == "due"
        else [("", "", len(page), list(page))],
        "sort": sort,
        "sorts": SORTS,
        "view": "list",
        "bulk_buttons": BULK_BUTTONS,
        "makes_tickets": makes_tickets(),
        "is_narrowed": any(value for name, value in request.GET.items() if name not in ("page", "sort")),
    }
    template = "action_items/list.html" + ("#results" if request.htmx and not request.htmx.boosted else "")
    return render(request, template, context)


@require_safe
def action_board(request: SignedInRequest) -> HttpResponse:
    """A column a state; what is finished stays on it for 30 days."""
    found = _filter(request, state="")
    sizes, columns = _columns(found.qs, request)
    context = _head(request, found, timezone.localdate()) | {
        "columns": [
            (state, label, columns[state], sizes.get(state, 0)) for state, label in ActionState.choices
        ],
        "view": "board",
    }
    template = "action_items/board.html" + ("#results" if request.htmx and not request.htmx.boosted else "")
    return render(request, template, context)


def _columns(
    found: ActionItemQuerySet, request: SignedInRequest
) -> tuple[dict[str, int], dict[str, list[ActionItem]]]:
    """How many are in each state, and the first of each."""
    recent = timezone.now() - SHOWN_FINISHED
    shown = found.filter(Q(state__in=UNFINISHED_STATES) | Q(state_since__gte=recent)).order_by()
    firsts = shown.annotate(
        place=Window(RowNumber(), partition_by="state", order_by=BY_DUE_DAY),
        size=Window(Count("pk"), partition_by="state"),
    ).filter(place__lte=COLUMN)
    sizes, chosen = {}, []
    for key, state, size in firsts.values_list("pk", "state", "size"):
        sizes[state] = size
        chosen.append(key)
    columns: dict[str, list[ActionItem]] = defaultdict(list)
    rows = ActionItem.objects.filter(pk__in=chosen).with_sources(request.user).order_by(*BY_DUE_DAY)
    for item in with_tickets(rows):
        columns[item.state].append(item)
    return sizes, columns


@require_safe
def action_export(request: SignedInRequest) -> HttpResponse:
    """What the list shows, whole, as CSV."""
    asked = _filter(request)
    if page := in_question(request, asked.form, reverse("action_list")):
        return page
    rows = asked.qs.with_sources(request.user).order_by("due_on", "priority", "pk")
    return csv_answer(as_csv(rows), "action-items.csv")


@require_safe
def retrospective_actions(request: SignedInRequest, pk: int) -> HttpResponse:
    """The section of one retrospective: its items, and the factors nobody addresses yet."""
    retrospective = load(request, pk)
    items = retrospective.action_items.with_sources(request.user).order_by("due_on", "priority", "pk")
    last = last_before(retrospective, reader=request.user)
    context = {
        "items": items,
        "last": last,
        "left": last.action_items.unfinished().with_sources(request.user).order_by("due_on", "priority", "pk")
        if last
        else [],
        "unaddressed": retrospective.factors.filter(action_items=None),
        "may_add": can_add_action_item(request.user, retrospective=retrospective),
    }
    part = "#actions_part" if request.htmx and not request.htmx.boosted else ""
    template = f"action_items/retrospective.html{part}"
    return section(request, retrospective, "actions", context, template=template)


def _filter(request: SignedInRequest, state: str = "unfinished") -> ActionFilter:
    data = request.GET.copy()
    data.setdefault("state", state)
    return ActionFilter(data, queryset=ActionItem.objects.visible_to(request.user), reader=request.user)


def _head(request: SignedInRequest, found: ActionFilter, today: date) -> dict[str, Any]:
    kept, unfinished = standing(
        request.user,
        first=today - LOOK_BACK,
        last=today,
        today=today,
        zone=timezone.get_current_timezone(),
    )
    return {
        "section": "actions",
        "filter": found,
        "kept": kept,
        "open_count": unfinished,
        "conflict_count": conflict_count(request.user),
        "address": request.GET.urlencode(),
    }


def _groups(items: list[ActionItem], sizes: dict[int, int]) -> list[tuple[str, str, int, list[ActionItem]]]:
    """(key, name, how many in all, those on this page)"""
    rows: dict[int, list[ActionItem]] = defaultdict(list)
    for item in items:
        rows[item.group].append(item)  # type: ignore[attr-defined]
    return [
        (group.name.lower(), str(group.label), sizes[group], rows[group])
        for group in ActionGroup
        if rows[group]
    ]
