"""Learnings: written in silence, then revealed, grouped and weighed with dots."""

from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Prefetch, Q, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from incidents.views.common import attempt, is_number, submitted
from retros import workflow
from retros.board_forms import GroupForm, LearningForm, LearningPlaceForm
from retros.models import Learning, LearningGroup, Retrospective, TimelineEntry
from retros.permissions import can_facilitate, can_write
from retros.views.boards import changed, dialog, refused, state_of
from retros.views.common import load, section, writers_only
from retros.workflow.learnings import DOTS, require_own

BOARD = "#learnings-box"
MOST_DRAWN = 20  # dots on one card; the number stands beside them


@require_http_methods(["GET", "POST"])
def learnings(request: SignedInRequest, pk: int) -> HttpResponse:
    if request.method == "POST":
        return _write(request, pk)
    retrospective = load(request, pk)
    if request.htmx and request.htmx.target == "rows-to-link" and can_write(request.user, retrospective):
        form = {"form": _empty_form(retrospective)}
        return section(request, retrospective, "learnings", form, "retros/_rows_to_link.html")
    return _show(request, retrospective)


@writers_only
def _write(request: SignedInRequest, retrospective: Retrospective) -> HttpResponse:
    form = LearningForm(request.POST, retrospective=retrospective)
    if submitted(request, form) and attempt(
        form,
        workflow.add_learning,
        retrospective=retrospective,
        by=request.user,
        **form.cleaned_data,
    ):
        fresh = _empty_form(retrospective, kind=form.outcome.kind)
        return _changed(request, retrospective, form=fresh, has_written=True)
    return _show(request, retrospective, form=form, status=422 if request.htmx else 200)


@require_http_methods(["GET", "POST"])
@writers_only
def learning(request: SignedInRequest, retrospective: Retrospective, number: int) -> HttpResponse:
    one = _one(request, retrospective, number)
    require_own(one, request.user)
    form = LearningForm(request.POST or None, retrospective=retrospective, learning=one)
    if submitted(request, form) and attempt(
        form, workflow.change_learning, learning=one, by=request.user, **form.cleaned_data
    ):
        return _changed(request, retrospective, at=one.pk)
    return dialog(
        request, retrospective, "learnings", form, title="Learning", submit="Save", back=_back(retrospective)
    )


@require_POST
@writers_only
def removal(request: SignedInRequest, retrospective: Retrospective, number: int) -> HttpResponse:
    one = _one(request, retrospective, number)
    return _press(request, retrospective, workflow.withdraw_learning, learning=one)


@require_POST
@writers_only
def reveal(request: SignedInRequest, retrospective: Retrospective) -> HttpResponse:
    return _press(request, retrospective, workflow.reveal_learnings, retrospective=retrospective)


@require_POST
@writers_only
def voting(request: SignedInRequest, retrospective: Retrospective) -> HttpResponse:
    """Close the voting: the dots of everyone are shown."""
    return _press(request, retrospective, workflow.close_voting, retrospective=retrospective)


@require_POST
@writers_only
def place(request: SignedInRequest, retrospective: Retrospective, number: int) -> HttpResponse:
    """Into a group, or out of any."""
    one = _one(request, retrospective, number)
    form = LearningPlaceForm(request.POST, retrospective=retrospective)
    if not form.is_valid():
        gone = ValidationError("This group was removed.")
        return refused(request, gone, _back(retrospective))
    return _press(
        request, retrospective, workflow.move_learning, at=one.pk, learning=one, **form.cleaned_data
    )


@require_POST
@writers_only
def pair(request: SignedInRequest, retrospective: Retrospective, number: int) -> HttpResponse:
    """One card dropped on another, or chosen beside it: both into one group."""
    one = _one(request, retrospective, number)
    key = request.POST.get("other", "")
    readable = retrospective.learnings.readable_by(request.user)
    other = readable.filter(pk=int(key)).first() if is_number(key) else None
    if other is None:
        gone = ValidationError("The other learning was removed.")
        return refused(request, gone, _back(retrospective))
    return _press(request, retrospective, workflow.pair_learnings, at=one.pk, learning=one, other=other)


@require_POST
@writers_only
def dots(request: SignedInRequest, retrospective: Retrospective, number: int) -> HttpResponse:
    one = _one(request, retrospective, number)
    return _press(request, retrospective, workflow.give_dot, at=one.pk, learning=one)


@require_POST
@writers_only
def dot_removal(request: SignedInRequest, retrospective: Retrospective, number: int) -> HttpResponse:
    one = _one(request, retrospective, number)
    return _press(request, retrospective, workflow.take_back_dot, at=one.pk, learning=one)


@require_http_methods(["GET", "POST"])
@writers_only
def groups(request: SignedInRequest, retrospective: Retrospective) -> HttpResponse:
    """A new group; `with` names the learning that comes into it first."""
    first = retrospective.learnings.readable_by(request.user).filter(
        pk__in=[key for key in request.GET.getlist("with")[:1] if is_number(key)]
    )
    form = GroupForm(request.POST or None)
    if submitted(request, form) and attempt(
        form,
        workflow.add_learning_group,
        retrospective=retrospective,
        by=request.user,
        learnings=list(first),
        **form.cleaned_data,
    ):
        return _changed(request, retrospective)
    return _group_dialog(request, retrospective, form, title="A new group", submit="Add the group")


@require_http_methods(["GET", "POST"])
@writers_only
def group(request: SignedInRequest, retrospective: Retrospective, number: int) -> HttpResponse:
    one = get_object_or_404(retrospective.learning_groups, pk=number)
    form = GroupForm(request.POST or None, initial={"name": one.name})
    if submitted(request, form) and attempt(
        form, workflow.rename_learning_group, group=one, by=request.user, **form.cleaned_data
    ):
        return _changed(request, retrospective)
    return _group_dialog(request, retrospective, form, title="Group", submit="Rename")


@require_POST
@writers_only
def group_removal(request: SignedInRequest, retrospective: Retrospective, number: int) -> HttpResponse:
    one = get_object_or_404(retrospective.learning_groups, pk=number)
    return _press(request, retrospective, workflow.dissolve_learning_group, group=one)


def _empty_form(retrospective: Retrospective, kind: str = "") -> LearningForm:
    first = retrospective.columns_shown[0].key
    return LearningForm(retrospective=retrospective, initial={"kind": kind or first})


def _one(request: SignedInRequest, retrospective: Retrospective, number: int) -> Learning:
    """404 too for what somebody else has written and nobody may read yet."""
    return get_object_or_404(retrospective.learnings.readable_by(request.user), pk=number)


def _show(
    request: SignedInRequest,
    retrospective: Retrospective,
    at: int | None = None,
    form: LearningForm | None = None,
    status: int = 200,
    has_written: bool = False,
) -> HttpResponse:
    writes = can_write(request.user, retrospective)
    rows: list[Any] = list(
        retrospective.learnings.readable_by(request.user)
        .select_related("author")
        .prefetch_related(Prefetch("entries", TimelineEntry.objects.standing()))
        .annotate(
            weight=Sum("votes__dots", default=0),
            mine=Sum("votes__dots", filter=Q(votes__user=request.user), default=0),
        )
        .order_by("order", "pk")  # a query that counts does not keep the model's own
    )
    for row in rows:
        row.column = retrospective.column_of(row.kind)
        if not retrospective.shows_dots:
            row.weight = row.mine
        row.drawn_dots = range(min(row.weight, MOST_DRAWN))
    by_votes = retrospective.shows_dots and state_of(request).get("order") == "votes"
    if by_votes:
        rows.sort(key=lambda row: -row.weight)
    groups = list(retrospective.learning_groups.all())
    context = {
        "learnings": rows,
        "loose": [row for row in rows if row.group_id is None],
        "groups": _grouped(groups, rows, by_votes),
        "by_votes": by_votes,
        "told": retrospective.learnings.aggregate(count=Count("pk"), people=Count("author", distinct=True)),
        "dots_left": range(DOTS - sum(row.mine for row in rows)),
        "is_revealed": retrospective.learnings_revealed_at is not None,
        "votes": writes and retrospective.dots_closed_at is None,
        "writes": writes,
        "leads": can_facilitate(request.user, retrospective),
        "form": (form or _empty_form(retrospective)) if writes else None,
        "has_written": has_written,
        "shows_rows": "rows" in state_of(request) or bool(form and form.data.get("entries")),
        "action_url": _action_url(retrospective),
        "at": at,
    }
    template = "retros/learnings.html#board" if request.htmx else ""
    return section(request, retrospective, "learnings", context, template, status)


def _grouped(
    groups: list[LearningGroup], rows: list[Any], by_votes: bool
) -> list[tuple[LearningGroup, list[Any], int]]:
    """(group, what is in it, dots on all of it)"""
    found = []
    for one in groups:
        members = [row for row in rows if row.group_id == one.pk]
        found.append((one, members, sum(row.weight for row in members)))
    return sorted(found, key=lambda each: -each[2]) if by_votes else found


def _action_url(retrospective: Retrospective) -> str:
    """Where an action item is made of a learning."""
    try:
        return reverse("action_new", args=[retrospective.pk])
    except NoReverseMatch:
        return ""


def _press(
    request: SignedInRequest,
    retrospective: Retrospective,
    verb: Any,
    /,
    at: int | None = None,
    **arguments: Any,
) -> HttpResponse:
    try:
        verb(by=request.user, **arguments)
    except ValidationError as refusal:
        return refused(request, refusal, _back(retrospective))
    retrospective.refresh_from_db()
    return _changed(request, retrospective, at=at)


def _changed(
    request: SignedInRequest, retrospective: Retrospective, at: int | None = None, **shown: Any
) -> HttpResponse:
    show = partial(_show, request, retrospective, **shown)
    return changed(request, show, board=BOARD, back=_back(retrospective), at=at)


def _group_dialog(
    request: SignedInRequest, retrospective: Retrospective, form: Any, **what: Any
) -> HttpResponse:
    return dialog(request, retrospective, "learnings", form, back=_back(retrospective), **what)


def _back(retrospective: Retrospective) -> str:
    return reverse("learnings", args=[retrospective.pk])
