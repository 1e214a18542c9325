"""What happened, in words: the section with its editor, the same as a form, and what is said beside it."""

from collections import defaultdict
from typing import Any, cast

from django.contrib.postgres.aggregates import ArrayAgg
from django.core.exceptions import ValidationError
from django.db.models import Q, Value
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from incidents.views.common import is_number
from incidents.workflow import Conflict
from retros import workflow
from retros.access import mentionable, people_reaching, with_mentions
from retros.models import Document, Retrospective, Section
from retros.permissions import can_write
from retros.queries import open_hints, side_by_side
from retros.views.common import click, done, load, writers_only
from retros.views.common import section as page
from retros.writing_forms import CommentForm, TextForm

CONVERSATIONS = 100  # on one page; the newest first have a place
TOOLS = (
    ("bold", "bold", "Bold"),
    ("italic", "italic", "Slanted"),
    ("code", "code", "Code"),
    ("heading", "heading", "Heading"),
    ("bulletList", "list", "List"),
    ("orderedList", "list-ordered", "Numbered list"),
    ("blockquote", "text-quote", "Quotation"),
)
"""(command of the editor, icon, name)"""


@require_http_methods(["GET", "POST"])
def narrative(request: SignedInRequest, pk: int, section: str = Section.WHAT_HAPPENED) -> HttpResponse:
    """Read or write a section; POST saves the form of who writes without the editor."""
    retrospective = load(request, pk)
    document = section_of(request, retrospective, section)
    if request.method == "POST":
        return _save(request, pk, document=document)
    form = TextForm(initial={"text": document.text, "version": document.version})
    return _narrative(request, retrospective, document, form)


@writers_only
def _save(request: SignedInRequest, retrospective: Retrospective, *, document: Document) -> HttpResponse:
    form = TextForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            saves = {"document": document, "text": given["text"], "version": given["version"]}
            form.submit(workflow.save_text, by=request.user, **saves)
        except Conflict as conflict:
            return _stale(request, document, form, conflict.current)
        if form.is_valid():
            return done(request, document.retrospective, "Saved.", to=address(document))
    return _narrative(request, document.retrospective, document, form)


def _stale(request: SignedInRequest, document: Document, form: TextForm, current: Document) -> HttpResponse:
    """Both texts side by side; what was typed stays in the form, to be saved over the current version."""
    data = cast(QueryDict, form.data).copy()
    data["version"] = str(current.version)
    form.data = data
    stale = {"rows": side_by_side(current.text, form.cleaned_data["text"])}
    return _narrative(request, document.retrospective, document, form, status=409, stale=stale)


def _narrative(
    request: SignedInRequest,
    retrospective: Retrospective,
    document: Document,
    form: TextForm,
    *,
    status: int = 200,
    stale: dict | None = None,
) -> HttpResponse:
    may_write = can_write(request.user, retrospective)
    typed = form.data.get("text", document.text) if form.is_bound else document.text
    as_text = form.is_bound or "text" in request.GET
    context = {
        "document": document,
        "sections": Section.choices,
        "tools": TOOLS,
        "form": form if may_write else None,
        "may_write": may_write,
        "as_text": as_text,
        "stale": stale,
        "hints": open_hints(retrospective, document.section, typed) if may_write and as_text else [],
    }
    context |= _conversations(request, document, may_write=may_write)
    return page(request, retrospective, "narrative", context, "retros/narrative.html", status=status)


@require_http_methods(["GET", "POST"])
def comments(request: SignedInRequest, pk: int, section: str) -> HttpResponse:
    """The conversations beside a section, for open screens; POST says something."""
    retrospective = load(request, pk)
    document = section_of(request, retrospective, section)
    if request.method == "POST":
        return _comment(request, pk, document=document)
    context = _conversations(request, document, may_write=can_write(request.user, retrospective))
    return render(request, "retros/narrative.html#comments", context)


@writers_only
def _comment(request: SignedInRequest, retrospective: Retrospective, *, document: Document) -> HttpResponse:
    form = CommentForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        number = given.pop("parent")
        parent = get_object_or_404(document.comments.all(), pk=number) if number else None
        if form.submit(workflow.add_comment, document=document, by=request.user, parent=parent, **given):
            if request.htmx:
                context = _conversations(request, document, may_write=True)
                return render(request, "retros/narrative.html#comments", context)
            return redirect(f"{address(document)}#comment-{form.outcome.pk}")
    context = _conversations(request, document, may_write=True) | {"comment_form": form}
    if request.htmx:
        return render(request, "retros/narrative.html#comments", context, status=422)
    text = TextForm(initial={"text": document.text, "version": document.version})
    context |= {"document": document, "sections": Section.choices, "tools": TOOLS, "form": text, "hints": []}
    return page(request, document.retrospective, "narrative", context, "retros/narrative.html", status=422)


@require_safe
@writers_only
def narrative_people(request: SignedInRequest, retrospective: Retrospective, section: str) -> JsonResponse:
    """Whom the name typed after an @ may mean, for the list that completes it."""
    section_of(request, retrospective, section)
    return JsonResponse({"people": mentionable(retrospective, request.GET.get("q", "")[:50].strip())})


@require_POST
@writers_only
def resolution(
    request: SignedInRequest, retrospective: Retrospective, section: str, comment: int
) -> HttpResponse:
    """Close a conversation, or with `open` open it again."""
    document = section_of(request, retrospective, section)
    about = get_object_or_404(document.comments.all(), pk=comment)
    arguments: dict[str, Any] = {
        "comment": about,
        "by": request.user,
        "resolved": "open" not in request.POST,
    }
    if not request.htmx:
        to = f"{address(document)}#comments"
        return click(request, document.retrospective, workflow.resolve_comment, to=to, **arguments)
    try:
        workflow.resolve_comment(**arguments)
    except ValidationError:
        return HttpResponse(status=409)
    context = _conversations(request, document, may_write=True)
    return render(request, "retros/narrative.html#comments", context)


def _conversations(request: SignedInRequest, document: Document, *, may_write: bool) -> dict:
    opened: list[Any] = []  # Any: the stubs do not know what was annotated
    answers: dict[int | None, list[Any]] = defaultdict(list)
    before, open_count = request.GET.get("before", ""), 0
    if document.pk:
        named = ArrayAgg("mentions__name", filter=Q(mentions__isnull=False), default=Value([]))
        said = document.comments.select_related("author", "resolved_by").annotate(names=named)
        older = Q(pk__lt=int(before)) if is_number(before) else Q()
        opened = list(said.filter(older, parent=None).order_by("-pk")[: CONVERSATIONS + 1])
        for answer in said.filter(parent__in=opened[:CONVERSATIONS]).order_by("pk"):
            answers[answer.parent_id].append(answer)
        open_count = document.comments.filter(parent=None, resolved_at=None).count()
    shown = opened[:CONVERSATIONS][::-1]
    for comment in [*shown, *(reply for replies in answers.values() for reply in replies)]:
        comment.shown_text = with_mentions(comment.text, comment.names)
    return {
        "document": document,
        "retrospective": document.retrospective,
        "conversations": [(comment, answers[comment.pk]) for comment in shown],
        "earlier": shown[0].pk if len(opened) > CONVERSATIONS else None,
        "open_count": open_count,
        "people": people_reaching(document.retrospective) if may_write and "people" in request.GET else None,
        "comment_form": CommentForm() if may_write else None,
    }


def section_of(request: SignedInRequest, retrospective: Retrospective, section: str) -> Document:
    """404 for a section there is not."""
    if section not in Section.values:
        raise Http404
    return workflow.open_section(retrospective=retrospective, section=section, by=request.user)


def address(document: Document) -> str:
    return reverse("narrative_section", args=[document.retrospective_id, document.section])
