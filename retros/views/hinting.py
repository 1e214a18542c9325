"""Hints on wording for the editor, leaving one, and the words this installation adds."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from core.permissions import administrators_only
from core.responses import refused_or
from retros import workflow
from retros.models import HintWord, Retrospective
from retros.queries import as_json, open_hints
from retros.views.common import click, done, writers_only
from retros.views.writing import address, section_of
from retros.writing_forms import HintWordForm, LeaveHintForm

LONGEST = 100_000


@require_POST
@writers_only
def section_hints(request: SignedInRequest, retrospective: Retrospective, section: str) -> JsonResponse:
    """Hints on the text as it is typed; nothing is stored."""
    document = section_of(request, retrospective, section)
    text = request.POST.get("text", "")[:LONGEST]
    return JsonResponse({"hints": as_json(open_hints(document.retrospective, document.section, text))})


@require_POST
@writers_only
def row_hints(request: SignedInRequest, retrospective: Retrospective) -> HttpResponse:
    """The same beside a row that is being typed: said, and gone when it reads otherwise."""
    found = open_hints(retrospective, "", request.POST.get("text", "")[:LONGEST])
    return render(request, "retros/_row_hints.html", {"hints": found[:3]})


@require_POST
@writers_only
def hint_dismissal(request: SignedInRequest, retrospective: Retrospective, section: str) -> HttpResponse:
    document = section_of(request, retrospective, section)
    form = LeaveHintForm(request.POST)
    if not form.is_valid():
        return done(request, document.retrospective, to=address(document))
    arguments = {"retrospective": document.retrospective, "place": document.section, "by": request.user}
    return click(
        request,
        document.retrospective,
        workflow.leave_hint,
        to=address(document),
        **arguments,
        **form.cleaned_data,
    )


@require_http_methods(["GET", "POST"])
@administrators_only
def hint_words(request: SignedInRequest) -> HttpResponse:
    form = HintWordForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and form.submit(workflow.add_hint_word, by=request.user, **form.cleaned_data)
    ):
        return redirect("hint_words")
    return render(request, "settings/hint_words.html", {"words": HintWord.objects.all(), "form": form})


@require_POST
@administrators_only
def hint_word_deletion(request: SignedInRequest, word: int) -> HttpResponse:
    found = get_object_or_404(HintWord, pk=word)
    return refused_or(
        request, "Removed.", "hint_words", [], workflow.remove_hint_word, by=request.user, word=found
    )
