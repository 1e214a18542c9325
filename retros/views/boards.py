"""Boards: pages whose changes answer with the board itself, and the dialogs and buttons that belong to them."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect

from accounts.requests import SignedInRequest
from core import responses
from core.forms import Styled
from retros.models import Retrospective
from retros.views.common import section

Show = Callable[..., HttpResponse]


def state_of(request: SignedInRequest) -> Mapping[str, str]:
    """The choices in the address of the board: of the page itself, or of the page a part is fetched for."""
    if request.method == "GET" and not request.path.endswith(("/new/", "/suggestions/", "/support/")):
        return request.GET
    address = request.htmx.current_url_abs_path if request.htmx else ""
    return QueryDict(urlsplit(address or "").query)


def changed(
    request: SignedInRequest,
    show: Show,
    *,
    board: str,
    back: str,
    at: int | None = None,
    said: str = "",
    **shown: Any,
) -> HttpResponse:
    """After a change: the board itself for htmx, its page for everybody else. `at` is what has the focus.

    What else is `shown` goes to `show`.
    """
    if not request.htmx:
        if said:
            messages.info(request, said)
        return redirect(f"{back}?{urlencode({'at': at})}#row-{at}" if at else back)
    response = show(at=at, **shown)
    events: dict[str, Any] = {"dialog-close": {}}
    if said:
        events["board-said"] = {"text": said}
    response.headers["HX-Trigger"] = json.dumps(events)
    response.headers["HX-Retarget"] = board
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def refused(request: SignedInRequest, refusal: ValidationError, back: str) -> HttpResponse:
    """Say why not, and let the board show what stands."""
    return responses.refused(request, refusal, back, board_refused={})


def dialog(
    request: SignedInRequest,
    retrospective: Retrospective,
    here: str,
    form: Styled,
    *,
    title: str,
    submit: str,
    back: str,
    **extra: Any,
) -> HttpResponse:
    """A form as a page of its own and as a dialog; 409 with what stands now where somebody else was faster."""
    status = form.answer_status(is_part=bool(request.htmx))
    template = "retros/board_form.html" + ("#form_card" if request.htmx else "")
    context = {"form": form, "title": title, "submit": submit, "back": back}
    return section(request, retrospective, here, context | extra, template, status)
