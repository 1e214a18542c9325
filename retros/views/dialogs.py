"""Forms of the account: a page of their own, and a dialog where htmx asks."""

import json
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render

from accounts.requests import SignedInRequest
from config.forms import Styled
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
    status = 409 if hasattr(form, "conflict") else 422 if form.errors and request.htmx else 200
    if hasattr(form, "conflict") and "version" in form.fields:
        data = cast(QueryDict, form.data).copy()
        data["version"] = form.conflict.version
        form.data = data
    template = "retros/account_form.html" + ("#form_card" if request.htmx else "")
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
        events: dict[str, Any] = {"dialog-close": {}, "account-changed": {}}
        if message:
            events["toast"] = {"text": message}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(events)})
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
        text = " ".join(refusal.messages)
        if request.htmx:
            toast = json.dumps({"toast": {"text": text, "bad": True}})
            return HttpResponse(status=204, headers={"HX-Trigger": toast})
        messages.error(request, text)
        return redirect(to)
    return finished(request, to, message)
