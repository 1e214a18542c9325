"""Forms of the account: a page of their own, and a dialog where htmx asks."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.requests import SignedInRequest
from core.forms import Styled
from core.responses import refused, triggered
from retros.models import Retrospective


def form_page(
    request: SignedInRequest,
    retrospective: Retrospective,
    form: Styled,
    *,
    title: str,
    submit: str,
    back: str,
    **extra: Any,
) -> HttpResponse:
    """The same template as page and as dialog; 409 with what stands now where somebody else was faster."""
    status = form.answer_status(is_part=bool(request.htmx))
    template = "retros/timeline_form.html" + ("#form_card" if request.htmx else "")
    context = {
        "retrospective": retrospective,
        "section": "retrospectives",
        "form": form,
        "title": title,
        "submit": submit,
        "back": back,
    }
    return render(request, template, context | extra, status=status)


def finished(request: SignedInRequest, to: str, message: str = "") -> HttpResponse:
    """Back to the section; inside a dialog, close it and let the page fetch what changed."""
    if request.htmx:
        said = {"toast": {"text": message}} if message else {}
        return triggered(dialog_close={}, account_changed={}, **said)
    if message:
        messages.info(request, message)
    return redirect(to)


def pressed(
    request: SignedInRequest, verb: Any, /, *, to: str, message: str = "", **arguments: Any
) -> HttpResponse:
    """A button without a form: do it, or say why not."""
    try:
        verb(**arguments)
    except ValidationError as refusal:
        return refused(request, refusal, to)
    return finished(request, to, message)
