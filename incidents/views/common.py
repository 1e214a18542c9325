"""What every view of an incident does: load what the person can reach, bind, call the verb, render."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render

from accounts.requests import SignedInRequest
from core.forms import Styled
from core.responses import going_to, refused, triggered
from incidents.forms.stepping import AudienceTexts
from incidents.models import Incident, Status
from incidents.permissions import can_declare
from incidents.update_text import hints_of_texts, previews_of_texts
from incidents.workflow import Conflict, FormUsed


def load(request: SignedInRequest, reference: str, **annotations: Any) -> Incident:
    """The incident, or 404 for whoever cannot reach it."""
    reachable = Incident.objects.visible_to(request.user).of_reference(reference)
    return get_object_or_404(reachable.select_related("severity", "incident_type").annotate(**annotations))


def responders_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """403 for stakeholders, after 404 for what they cannot reach at all."""

    @wraps(view)
    def wrapped(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not can_declare(request.user):
            if "reference" in kwargs:
                load(request, kwargs["reference"])
            raise PermissionDenied("Only responders can do this.")
        return view(request, *args, **kwargs)

    return wrapped


def attempt(form: Styled, verb: Callable[..., Any], /, **arguments: Any) -> bool:
    """`form.submit`, and what only incidents know: a form used before gets a fresh token, a stale one both texts."""

    def run(**arguments: Any) -> Any:
        try:
            return verb(**arguments)
        except FormUsed:
            data = cast("QueryDict", form.data).copy()
            data["form_token"] = str(uuid4())
            form.data = data
            raise

    try:
        return form.submit(run, **arguments)
    except Conflict as conflict:
        form.conflict = conflict.current
        form.add_error(None, f"{conflict} Your text is kept below, beside the current version.")
        return False


def is_number(text: str) -> bool:
    """Whether a parameter of an address is a number that a row could have."""
    return text.isascii() and text.isdigit() and len(text) < 19


def submitted(request: SignedInRequest, form: Styled) -> bool:
    return request.method == "POST" and not is_preview(request) and form.is_valid()


def previewed_texts(
    request: SignedInRequest, form: AudienceTexts, incident: Incident, status: Status
) -> dict:
    """What each audience would read of a form that moves the incident on to `status`, and hints on its texts."""
    shown = previews_of_texts(form, incident, status)
    audiences = [one.audience for one in shown]
    asked = request.POST.get("shown", "")
    return {
        "previews": shown,
        "shown": asked if asked in audiences else next(iter(audiences), ""),
        "text_hints": hints_of_texts(form, incident),
        "is_swapped": is_preview(request) and bool(request.htmx),
    }


def is_preview(request: SignedInRequest) -> bool:
    """Whether only what would be sent is asked for; nothing is stored then."""
    return "preview" in request.POST


def form_page(
    request: SignedInRequest, incident: Incident, form: Styled, *, title: str, submit: str, **extra: Any
) -> HttpResponse:
    """A form of its own page; the same template's fragment when htmx asks for a dialog."""
    if is_preview(request) and request.htmx:
        return render(request, "incidents/_previews.html", extra)
    status = form.answer_status(is_part=bool(request.htmx))
    template = "incidents/form.html" + ("#form_card" if request.htmx else "")
    context = {"incident": incident, "form": form, "title": title, "submit": submit, "section": "incidents"}
    return render(request, template, context | extra, status=status)


def done(request: SignedInRequest, incident: Incident, message: str = "", to: str = "") -> HttpResponse:
    """Back to the incident; inside a dialog, close it and let the page fetch what changed."""
    if request.htmx and not to:
        said = {"toast": {"text": message}} if message else {}
        return triggered(dialog_close={}, incident_changed={}, **said)
    if message:
        messages.info(request, message)
    return going_to(request, to or incident.get_absolute_url())


def click(
    request: SignedInRequest,
    incident: Incident,
    verb: Callable[..., Any],
    /,
    *,
    to: str = "",
    said: str = "",
    **arguments: Any,
) -> HttpResponse:
    """A button without a form: do it, or say why not; then back to the incident, or on to the address `to`."""
    try:
        verb(**arguments)
    except ValidationError as refusal:
        return refused(request, refusal, to or incident.get_absolute_url())
    return done(request, incident, said, to=to)
