"""What every view of a retrospective does: load what the person can reach, and render its section in the shell."""

from collections.abc import Callable
from functools import cache, partial, wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import SimpleLazyObject

from accounts.requests import SignedInRequest
from core.forms import Styled
from core.responses import going_to, refused
from retros.clock import timekeeping
from retros.completion import parts_of, share
from retros.export import Copy, copy_of
from retros.models import FinishedPart, Retrospective, RetrospectiveStatus
from retros.models.retrospective import RetrospectiveQuerySet
from retros.permissions import can_facilitate, can_write, others_to_facilitate, sees_draft, takes_part
from retros.presenting import section_url
from retros.rotation import suggested_facilitators
from retros.workflow import responded
from retros.workflow.common import ONLY_LEADERS, ONLY_WRITERS


def load(request: SignedInRequest, pk: int) -> Retrospective:
    """The retrospective, or 404 for whoever cannot reach it."""
    return _of(Retrospective.objects.visible_to(request.user), pk)


def load_read(request: SignedInRequest, pk: int, number: int | None = None) -> Copy:
    """What the person reads of it: the version `number`, what stands now, or, where that is closed, the newest."""
    retrospective = _of(Retrospective.objects.readable_by(request.user), pk)
    copy = copy_of(retrospective, number, is_draft_open=sees_draft(request.user, retrospective))
    if copy is None:
        raise Http404
    return copy


def _of(reachable: RetrospectiveQuerySet, pk: int) -> Retrospective:
    around = reachable.with_incidents().select_related(
        "owner", "facilitator", "note_taker", "incident__severity"
    )
    return get_object_or_404(around, pk=pk)


def reading(request: SignedInRequest, copy: Copy, context: dict[str, Any], template: str) -> HttpResponse:
    """A version to read. What is published is shown without the workspace, which its writers reach by a link."""
    retrospective = copy.retrospective
    context |= {"content": copy.content, "publication": copy.publication, "figures": copy.figures}
    has_workspace = sees_draft(request.user, retrospective)
    if has_workspace and not retrospective.is_published:
        return section(request, retrospective, "overview", context, template=template)
    alone = {
        "retrospective": retrospective,
        "section": "retrospectives",
        "around": "retros/read_base.html",
        "has_workspace": has_workspace,
    }
    return render(request, template, alone | context)


def led(request: SignedInRequest, pk: int) -> Retrospective:
    """The retrospective for whoever leads it; 403 for others who reach it."""
    retrospective = load(request, pk)
    if not can_facilitate(request.user, retrospective):
        raise PermissionDenied(ONLY_LEADERS)
    return retrospective


def writers_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Gives the view the retrospective; 403 for readers, after 404 for what they cannot reach at all.

    What is published reaches the verb, which says so in words.
    """

    @wraps(view)
    def wrapped(request: SignedInRequest, pk: int, *args: Any, **kwargs: Any) -> HttpResponse:
        retrospective = load(request, pk)
        on_it = request.user.is_responder or takes_part(request.user, retrospective)
        if not (on_it if retrospective.is_published else can_write(request.user, retrospective)):
            raise PermissionDenied(ONLY_WRITERS)
        return view(request, retrospective, *args, **kwargs)

    return wrapped


def shell(request: SignedInRequest, retrospective: Retrospective, here: str) -> dict[str, Any]:
    """What `retros/base.html` shows around every section."""
    parts = parts_of(retrospective, here)
    position = next((i for i, part in enumerate(parts) if part.key == here), None)
    by_person = FinishedPart.objects.filter(item=OuterRef("pk"), person=request.user)
    agenda = list(retrospective.agenda.annotate(has_finished=Exists(by_person)))
    timer = timekeeping(agenda) if retrospective.status == RetrospectiveStatus.IN_SESSION else None
    return {
        "retrospective": retrospective,
        "around": "retros/base.html",
        "here": here,
        "section": "retrospectives",
        "parts": parts,
        "part_here": None if position is None else parts[position],
        "part_number": (position or 0) + 1,
        "part_before": parts[position - 1] if position else None,
        "part_after": parts[position + 1] if position is not None and position + 1 < len(parts) else None,
        "share": share(parts),
        "tenths": round(share(parts) / 10),
        "agenda": agenda,
        "timer": timer,
        "part_url": section_url(retrospective, timer.item.section) if timer else "",
        "framing": retrospective.held_as.framing,
        "running": _running(retrospective),
        "seated": SimpleLazyObject(lambda: list(retrospective.participants.select_related("user"))),
        "may_write": SimpleLazyObject(lambda: can_write(request.user, retrospective)),
        "may_facilitate": can_facilitate(request.user, retrospective),
        "others_to_facilitate": cache(partial(others_to_facilitate, retrospective)),  # by few pages, twice
    }


def _running(retrospective: Retrospective) -> list[str]:
    """References of its incidents that are not resolved yet; of one that is published, none."""
    if retrospective.is_published:
        return []
    return [str(incident.reference) for incident in retrospective.incidents.all() if incident.is_active]


def section(
    request: SignedInRequest,
    retrospective: Retrospective,
    here: str,
    context: dict[str, Any],
    template: str = "",
    status: int = 200,
) -> HttpResponse:
    """A section as a page in the shell; `template` is `retros/<here>.html` unless another is named."""
    if "#" in template:  # a fragment stands without the shell
        return render(
            request, template, {"retrospective": retrospective, "here": here} | context, status=status
        )
    around = shell(request, retrospective, here)
    return render(request, template or f"retros/{here}.html", around | context, status=status)


def facilitation(request: SignedInRequest, retrospective: Retrospective) -> dict[str, Any]:
    """Whether the facilitator responded, and before the session who could facilitate instead."""
    responded_to = responded(retrospective.facilitator, retrospective)
    is_ahead = retrospective.status in (RetrospectiveStatus.COLLECTING, RetrospectiveStatus.SCHEDULED)
    is_open = retrospective.facilitator is None or responded_to
    offers = is_ahead and is_open and can_facilitate(request.user, retrospective)
    return {
        "responded": responded_to,
        "suggested_facilitators": suggested_facilitators(retrospective, request.user) if offers else [],
    }


def answer_status(forms: dict[str, Styled]) -> int:
    """The status of a section that shows these forms again, of which one may be stale."""
    return max((form.answer_status(is_part=False) for form in forms.values()), default=200)


def done(
    request: SignedInRequest, retrospective: Retrospective, message: str = "", to: str = ""
) -> HttpResponse:
    """Back to `to`, or to the retrospective; htmx follows by itself."""
    if message:
        messages.info(request, message)
    return going_to(request, to or retrospective.get_absolute_url())


def click(
    request: SignedInRequest,
    retrospective: Retrospective,
    verb: Callable[..., Any],
    /,
    *,
    to: str,
    **arguments: Any,
) -> HttpResponse:
    """A button without a form: do it, or say why not; then to the address `to`."""
    try:
        verb(**arguments)
    except ValidationError as refusal:
        return refused(request, refusal, to)
    return done(request, retrospective, to=to)
