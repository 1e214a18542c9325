"""The causes of a retrospective: why-tree, fishbone and outline."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import SignedInRequest
from figures import fishbone, why_tree
from incidents.views.common import attempt, is_number, submitted
from retros import workflow
from retros.board_forms import (
    ASKED,
    PROMPTS,
    FactorDetailForm,
    FactorForm,
    LineForm,
    PlaceForm,
    RowForm,
    SupportForm,
)
from retros.factor_tree import drawn, tree_of
from retros.models import Category, ContributingFactor, Level, Retrospective
from retros.permissions import can_write
from retros.queries import open_hints
from retros.views.boards import changed, dialog, refused, state_of
from retros.views.common import load, section, writers_only
from retros.vocabulary import recurrences, similar

BOARD = "#causes-box"
MOST_DRAGGED = 200


@require_GET
def causes(request: SignedInRequest, pk: int) -> HttpResponse:
    retrospective = load(request, pk)
    at = request.GET.get("at", "")
    edited = request.GET.get("edited", "")
    return _show(
        request,
        retrospective,
        at=int(at) if is_number(at) else None,
        edited=int(edited) if is_number(edited) else None,
    )


@require_http_methods(["GET", "POST"])
@writers_only
def factor_new(request: SignedInRequest, retrospective: Retrospective) -> HttpResponse:
    parent = _parent(retrospective, request.GET.get("parent", ""))
    question = ASKED.get(request.GET.get("ask", ""), "")
    category = request.GET.get("bone", "")
    form = FactorForm(request.POST or None, initial={"question": question, "category": category})
    form.fields["text"].widget.attrs |= {
        "hx-get": reverse("factor_suggestions", args=[retrospective.pk]),
        "hx-trigger": "input changed delay:250ms",
        "hx-target": "#factor-known",
        "hx-swap": "innerHTML",
    }
    if submitted(request, form) and attempt(
        form,
        workflow.add_contributing_factor,
        retrospective=retrospective,
        by=request.user,
        parent=parent,
        **form.cleaned_data,
    ):
        said = f"Added “{form.outcome.text}”."
        return _changed(request, retrospective, at=form.outcome.pk, said=said)
    return _dialog(
        request,
        retrospective,
        form,
        title="What is behind it?" if parent else "A contributing factor",
        submit="Add",
        subject=parent.text if parent else "",
        template_part="retros/_factor_form.html",
        prompts=PROMPTS,
    )


@require_POST
@writers_only
def line(request: SignedInRequest, retrospective: Retrospective) -> HttpResponse:
    """What was typed into the outline, where the line stood."""
    form = LineForm(request.POST, retrospective=retrospective)
    if form.is_valid() and attempt(
        form,
        workflow.add_contributing_factor,
        retrospective=retrospective,
        by=request.user,
        **form.arguments(),
    ):
        return _changed(request, retrospective, at=form.outcome.pk)
    return refused(request, _refusal(form), _back(retrospective))


@require_POST
@writers_only
def row(request: SignedInRequest, retrospective: Retrospective, number: int) -> HttpResponse:
    """What is sent of a row that is edited in place: its words, its bone or its level."""
    one = get_object_or_404(retrospective.factors.select_related("factor"), pk=number)
    form = RowForm(request.POST, factor=one)
    if form.is_valid() and attempt(
        form, workflow.change_contributing_factor, factor=one, by=request.user, **form.changes()
    ):
        edited = one.pk if request.POST.get("stay") else None
        return _changed(request, retrospective, at=one.pk, edited=edited)
    if not request.htmx:
        return refused(request, _refusal(form), _back(retrospective))
    context = {"one": one, "form": form, "bones": Category.choices, "levels": Level.choices}
    status = form.answer_status(is_part=True)
    response = section(request, retrospective, "causes", context, "retros/_node_edit.html#editor", status)
    response.headers["HX-Retarget"] = f"#row-{one.pk} > .node"
    response.headers["HX-Reswap"] = "outerHTML"
    return response


@require_http_methods(["GET", "POST"])
@writers_only
def support(request: SignedInRequest, retrospective: Retrospective, number: int) -> HttpResponse:
    """What speaks for a factor: rows of the timeline and captured evidence to tick."""
    one = get_object_or_404(retrospective.factors.select_related("factor"), pk=number)
    form = SupportForm(request.POST or None, factor=one)
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and attempt(
        form, workflow.change_contributing_factor, factor=one, by=request.user, **form.cleaned_data
    ):
        return _changed(request, retrospective, at=one.pk, edited=one.pk)
    if not request.htmx:
        return redirect("factor", retrospective.pk, one.pk)
    context = {"one": one, "form": form}
    status = form.answer_status(is_part=True)
    return section(request, retrospective, "causes", context, "retros/_node_edit.html#support", status)


@require_POST
@writers_only
def evidence(request: SignedInRequest, retrospective: Retrospective, number: int) -> HttpResponse:
    """A row of the timeline was dropped on a factor: it speaks for it from now on."""
    one = get_object_or_404(retrospective.factors.select_related("retrospective"), pk=number)
    chosen = request.POST.get("entry", "")
    entries = retrospective.entries.standing()
    entry = entries.filter(pk=int(chosen) if is_number(chosen) else 0).first()
    try:
        if entry is None:
            raise ValidationError("This row was removed from the timeline.")
        workflow.add_factor_evidence(factor=one, entry=entry, by=request.user)
    except ValidationError as refusal:
        return refused(request, refusal, _back(retrospective))
    return _changed(request, retrospective, at=one.pk, said=f"Added evidence to “{one.text}”.")


@require_GET
@writers_only
def rows(request: SignedInRequest, retrospective: Retrospective) -> HttpResponse:
    """Rows of the timeline to drag onto a factor, on the page of the causes."""
    if not request.htmx:
        return redirect("retro_timeline", retrospective.pk)
    found = retrospective.entries.standing().filter(beside=None, gap="").in_order()[:MOST_DRAGGED]
    return section(request, retrospective, "causes", {"rows": found}, "retros/_rows_to_drag.html")


@require_http_methods(["GET", "POST"])
@writers_only
def factor(request: SignedInRequest, retrospective: Retrospective, number: int) -> HttpResponse:
    one = get_object_or_404(retrospective.factors.select_related("factor"), pk=number)
    form = FactorDetailForm(request.POST or None, factor=one)
    if submitted(request, form) and attempt(
        form, workflow.change_contributing_factor, factor=one, by=request.user, **form.cleaned_data
    ):
        return _changed(request, retrospective, at=one.pk, said=f"Changed “{form.outcome.text}”.")
    tree = tree_of(retrospective, None, unfolded=True)
    return _dialog(
        request,
        retrospective,
        form,
        title="Factor",
        submit="Save",
        template_part="retros/_factor_form.html",
        after="retros/_factor_after.html",
        prompts=PROMPTS,
        factor=one,
        places=recurrences(retrospective, request.user).get(one.factor_id),
        alike=similar(retrospective, request.user, one.text, but=one.factor_id),
        place_form=PlaceForm(
            retrospective=retrospective, but=tree.with_branches(one.pk), initial={"parent": one.parent_id}
        ),
    )


@require_POST
@writers_only
def place(request: SignedInRequest, retrospective: Retrospective, number: int) -> HttpResponse:
    """One step up, down, in or out; or under another factor, at a position among its branches."""
    one = get_object_or_404(retrospective.factors, pk=number)
    form = PlaceForm(request.POST, retrospective=retrospective)
    step = request.POST.get("step", "")
    try:
        if step:
            workflow.step_contributing_factor(factor=one, by=request.user, step=step)
        elif form.is_valid():
            workflow.move_contributing_factor(factor=one, by=request.user, **form.cleaned_data)
        else:
            raise ValidationError("The factor above it no longer exists.")
    except ValidationError as refusal:
        return refused(request, refusal, _back(retrospective))
    return _changed(request, retrospective, at=one.pk)


@require_POST
@writers_only
def removal(request: SignedInRequest, retrospective: Retrospective, number: int) -> HttpResponse:
    one = get_object_or_404(retrospective.factors, pk=number)
    near = _beside(retrospective, one)
    try:
        workflow.remove_contributing_factor(factor=one, by=request.user)
    except ValidationError as refusal:
        return refused(request, refusal, _back(retrospective))
    return _changed(request, retrospective, at=near, said=f"Removed “{one.text}”.")


@require_POST
@writers_only
def link(request: SignedInRequest, retrospective: Retrospective, number: int) -> HttpResponse:
    """The same as a factor of another retrospective, though worded differently."""
    one = get_object_or_404(retrospective.factors, pk=number)
    chosen = request.POST.get("same_as", "")
    other = ContributingFactor.objects.filter(pk=int(chosen) if is_number(chosen) else 0).first()
    try:
        if other is None:
            raise ValidationError("You can't see this factor, or it was removed.")
        workflow.link_contributing_factor(factor=one, same_as=other, by=request.user)
    except ValidationError as refusal:
        return refused(request, refusal, _back(retrospective))
    return _changed(request, retrospective, at=one.pk, said=f"Linked “{one.text}”.")


@require_POST
@writers_only
def undo(request: SignedInRequest, retrospective: Retrospective) -> HttpResponse:
    try:
        step = workflow.undo_factor_change(retrospective=retrospective, by=request.user)
    except ValidationError as refusal:
        return refused(request, refusal, _back(retrospective))
    touched = retrospective.factors.filter(pk__in=list(step.before)).first()
    return _changed(request, retrospective, at=touched.pk if touched else None)


@require_GET
@writers_only
def suggestions(request: SignedInRequest, retrospective: Retrospective) -> HttpResponse:
    """Factors that earlier retrospectives have, and hints on the wording, while one is typed."""
    typed = request.GET.get("text", "")[:300]
    context = {
        "known": similar(retrospective, request.user, typed),
        "hints": open_hints(retrospective, "", typed)[:3],
    }
    return section(request, retrospective, "causes", context, "retros/_factor_known.html#list")


def _show(
    request: SignedInRequest, retrospective: Retrospective, at: int | None = None, edited: int | None = None
) -> HttpResponse:
    """`at` is what has the focus, and `edited` the row that is edited in place."""
    state = state_of(request)
    toggled = {int(key) for key in state.get("fold", "").split(",") if is_number(key)}
    is_unfolded = state.get("all") == "1"
    tree = tree_of(retrospective, request.user, toggled=toggled, unfolded=is_unfolded, at=at)
    toggled ^= tree.opened
    is_fishbone = state.get("view") == "fishbone"
    figure = fishbone if is_fishbone else why_tree
    nodes = tree.nodes if is_fishbone else tree.shown
    writes = can_write(request.user, retrospective)
    for node in tree.shown:
        node.edit_query = _query(state, edited=node.pk)
        node.fold_query = _query(state, fold=",".join(map(str, sorted(toggled ^ {node.pk}))), at=node.pk)
    context = {
        "tree": tree,
        "view": "fishbone" if is_fishbone else "tree",
        "here_query": _query(state, edited=edited or ""),
        "tree_query": _query(state, view=""),
        "fishbone_query": _query(state, view="fishbone"),
        "is_unfolded": is_unfolded,
        "unfold_query": _query(state, all="" if is_unfolded else 1, fold=""),
        "figure": figure.sizes(drawn(nodes, is_folding=True), retrospective.title) if nodes else {},
        "at": at,
        "edited": edited,
        "asked": ASKED,
        "bones": Category.choices,
        "levels": Level.choices,
        "writes": writes,
        "step": workflow.last_step(retrospective, request.user) if writes else None,
    }
    template = "retros/causes.html#board" if request.htmx else ""
    return section(request, retrospective, "causes", context, template)


def _query(state: Mapping[str, str], **changes: Any) -> str:
    """The address of the board with these choices; an empty value drops one."""
    kept = {name: state[name] for name in ("view", "fold", "all") if name in state} | changes
    return "?" + urlencode({name: value for name, value in kept.items() if value != ""})


def _changed(request: SignedInRequest, retrospective: Retrospective, **what: Any) -> HttpResponse:
    show = partial(_show, request, retrospective)
    return changed(request, show, board=BOARD, back=_back(retrospective), **what)


def _dialog(request: SignedInRequest, retrospective: Retrospective, form: Any, **what: Any) -> HttpResponse:
    return dialog(request, retrospective, "causes", form, back=_back(retrospective), **what)


def _refusal(form: Any) -> ValidationError:
    return ValidationError([error for errors in form.errors.values() for error in errors])


def _back(retrospective: Retrospective) -> str:
    return reverse("causes", args=[retrospective.pk])


def _parent(retrospective: Retrospective, key: str) -> ContributingFactor | None:
    return get_object_or_404(retrospective.factors, pk=int(key)) if is_number(key) else None


def _beside(retrospective: Retrospective, one: ContributingFactor) -> int | None:
    """Where the focus goes when `one` is gone: what hung on it, its neighbour, or what it hung on."""
    child = one.children.first()
    row = list(retrospective.factors.filter(parent=one.parent_id).values_list("pk", flat=True))
    number = row.index(one.pk)
    near = row[number + 1 : number + 2] or row[max(0, number - 1) : number]
    return child.pk if child else near[0] if near else one.parent_id
