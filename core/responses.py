"""What a page answers when a form or a button has been sent, alike for htmx and for a browser alone."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from core.forms import FilterForm

BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as the code page of its own country


def csv_answer(text: str, name: str) -> HttpResponse:
    """A CSV file to save, which Excel opens with the right characters."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(BYTE_ORDER_MARK + text, content_type="text/csv; charset=utf-8", headers=headers)


def in_question(request: HttpRequest, form: FilterForm, page: str) -> HttpResponse | None:
    """Instead of a file where a filter of its address is ignored: the page, which says so. None: all are used."""
    if not form.ignored:
        return None
    return redirect(f"{page}?{request.GET.urlencode()}")


def way_back(asked: str, otherwise: str) -> str:
    """The page of ours that a form says it came from, else `otherwise`."""
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours else otherwise


def triggered(**events: Any) -> HttpResponse:
    """Nothing to swap; the page does what these events (dialog_close …) are for."""
    named = {name.replace("_", "-"): detail for name, detail in events.items()}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(named)})


def going_to(request: HttpRequest, target: str) -> HttpResponse:
    """On to another page; htmx follows by itself."""
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return redirect(target)


def refused(request: HttpRequest, refusal: ValidationError, to: str, **events: Any) -> HttpResponse:
    """Say why not, where the person is or on the page `to`."""
    text = " ".join(refusal.messages)
    if request.htmx:  # type: ignore[attr-defined]
        return triggered(toast={"text": text, "bad": True}, **events)
    messages.error(request, text)
    return redirect(to)


def refused_or(
    request: HttpRequest, done: str, to: str, args: list[Any], verb: Callable[..., Any], **arguments: Any
) -> HttpResponse:
    """Run `verb` and go to the page `to`, with `done` or with the reason why not: for a button without a form."""
    try:
        verb(**arguments)
    except ValidationError as refusal:
        for reason in refusal.messages:
            messages.error(request, reason)
    else:
        messages.success(request, done)
    return redirect(to, *args)
