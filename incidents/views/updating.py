"""Writing a status update: the composer, its preview, approval, the seconds in which it can be taken back."""

from datetime import UTC, datetime
from typing import cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import OuterRef, Subquery, prefetch_related_objects
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from core.responses import refused
from incidents import workflow
from incidents.forms.updating import NoChangeForm, ReturnForm, StatusUpdateForm
from incidents.hooks import recipients
from incidents.models import Audience, Incident, Stage, StatusUpdate, UpdateState
from incidents.update_hints import hints
from incidents.update_text import (
    continues,
    fitting_stage,
    from_last,
    from_template,
    from_update,
    preview_of,
    previews,
)
from incidents.views.common import (
    attempt,
    click,
    done,
    form_page,
    is_number,
    load,
    responders_only,
    submitted,
)
from incidents.workflow.approving import NOT_AN_APPROVER, out_of_date
from incidents.workflow.communicating import approvers

HINTED = (
    "known",
    "unknown",
    "doing",
    "workaround",
    "ask",
    "public_title",
    "public_known",
    "public_workaround",
)
BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)
AGAIN = (UpdateState.RETURNED, UpdateState.WITHDRAWN)


@require_http_methods(["GET", "POST"])
@responders_only
def status_update(request: SignedInRequest, reference: str, corrects: int | None = None) -> HttpResponse:
    """Write an update, or correct one; the preview shows exactly what each audience gets."""
    incident = _load(request, reference)
    wrong = get_object_or_404(incident.status_updates.posted(), pk=corrects) if corrects else None
    if request.method == "POST":
        form = _form(incident, request, corrects=wrong)
        is_valid = submitted(request, form)
        if is_valid and (unseen := _unseen(request, form)):
            return _composer(request, form, wrong=wrong, unseen=unseen)
        if is_valid and attempt(
            form,
            workflow.post_status_update,
            incident=incident,
            by=request.user,
            corrects=wrong,
            **form.arguments(),
        ):
            return done(request, incident, to=incident.get_absolute_url())
        return _composer(request, form, wrong=wrong)
    prefetch_related_objects([incident], "update_schedules")
    newest = incident.status_updates.posted().newest_first().first()
    last = _to_others(incident, newest)
    again = incident.status_updates.filter(state__in=AGAIN, author=request.user)
    asked = request.GET.get("again", "")
    before = wrong or (get_object_or_404(again, pk=asked) if is_number(asked) else None)
    stage = request.GET.get("stage", "")
    audience = request.GET.get("audience", "")
    if before:
        initial = from_update(before)
    elif stage not in Stage.values and continues(incident, last):
        initial, stage = from_last(incident, cast(StatusUpdate, last), audience), ""
    else:
        stage = stage if stage in Stage.values else fitting_stage(incident, last)
        initial = from_template(incident, stage, last, audience)
    initial["seen"] = (newest.posted_at if newest else BEFORE_ALL).isoformat()
    form = _form(incident, request, corrects=wrong, initial=initial)
    return _composer(request, form, wrong=wrong, stage="" if before else stage, before=before, last=last)


@require_POST
@responders_only
def update_preview(request: SignedInRequest, reference: str) -> HttpResponse:
    """What each chosen audience would read, as typed so far, and what could be said better; nothing is stored."""
    form = _form(_load(request, reference), request)
    form.is_valid()
    context = _previewed(request, form) | {"swapped": True}
    return render(request, "incidents/status_update.html#checked", context)


@require_POST
@responders_only
def no_change(request: SignedInRequest, reference: str) -> HttpResponse:
    """One tap: nothing has changed, the next update comes when the policy wants it or when chosen."""
    incident = load(request, reference)
    form = NoChangeForm(request.POST)
    if not form.is_valid():
        return refused(request, ValidationError(list(form.errors.values())), incident.get_absolute_url())
    return click(
        request,
        incident,
        workflow.post_no_change,
        incident=incident,
        by=request.user,
        **form.arguments(),
    )


@require_http_methods(["GET", "POST"])
@responders_only
def approval(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """What waits for approval, exactly as each audience would read it."""
    incident = load(request, reference)
    update = get_object_or_404(incident.status_updates.select_related("author", "incident__severity"), pk=pk)
    if request.method == "POST":
        return click(
            request,
            incident,
            workflow.approve_status_update,
            to=incident.get_absolute_url(),
            update=update,
            by=request.user,
        )
    context = {
        "incident": incident,
        "update": update,
        "previews": preview_of(update),
        "out_of_date": out_of_date(update) if update.state == UpdateState.AWAITING else "",
        "may_decide": request.user in approvers(incident, update) and update.state == UpdateState.AWAITING,
        "section": "incidents",
    }
    return render(request, "incidents/approval.html", context)


@require_http_methods(["GET", "POST"])
@responders_only
def objection(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Give an update back to its author, with a reason."""
    incident = load(request, reference)
    update = get_object_or_404(incident.status_updates, pk=pk)
    if request.user not in approvers(incident, update):
        raise PermissionDenied(NOT_AN_APPROVER)
    form = ReturnForm(request.POST or None)
    if submitted(request, form) and attempt(
        form, workflow.return_status_update, update=update, by=request.user, **form.cleaned_data
    ):
        return done(
            request, incident, f"The update was returned to {update.author}.", to=incident.get_absolute_url()
        )
    return form_page(request, incident, form, title="Return the update", submit="Return update")


@require_POST
@responders_only
def withdrawal(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Undo: nothing of it has left yet; its words are in the composer again."""
    incident = load(request, reference)
    update = get_object_or_404(incident.status_updates, pk=pk)
    again = reverse("status_update", args=[reference]) + f"?again={pk}"
    to = again if update.can_be_withdrawn() and update.author_id == request.user.pk else ""
    return click(request, incident, workflow.withdraw_status_update, to=to, update=update, by=request.user)


def _form(
    incident: Incident,
    request: SignedInRequest,
    *,
    corrects: StatusUpdate | None = None,
    initial: dict | None = None,
) -> StatusUpdateForm:
    return StatusUpdateForm(request.POST or None, incident=incident, corrects=corrects, initial=initial)


def _to_others(incident: Incident, newest: StatusUpdate | None) -> StatusUpdate | None:
    """What the next update goes on from: what was written for responders alone is not offered for others."""
    if newest is None or newest.audiences != [Audience.RESPONDERS]:
        return newest
    others = incident.status_updates.posted().exclude(audiences=[Audience.RESPONDERS])
    return others.newest_first().first()


def _load(request: SignedInRequest, reference: str) -> Incident:
    """As `load`, with when others have posted their newest update, in the same query: `others_posted_at`."""
    others = StatusUpdate.objects.posted().filter(incident=OuterRef("pk")).exclude(author=request.user)
    newest = others.newest_first().values("posted_at")[:1]
    return load(request, reference, others_posted_at=Subquery(newest))


def _unseen(request: SignedInRequest, form: StatusUpdateForm) -> StatusUpdate | None:
    """The newest update that somebody else has posted since the form was opened."""
    newest: datetime | None = form.incident.others_posted_at  # type: ignore[attr-defined]
    try:
        seen = datetime.fromisoformat(form.typed("seen"))
    except ValueError:
        return None
    if newest is None or seen.tzinfo is None or newest <= seen:
        return None
    others = form.incident.status_updates.posted().exclude(author=request.user).newest_first()
    return others.select_related("author").first()


def _previewed(request: SignedInRequest, form: StatusUpdateForm) -> dict:
    """What follows from each word typed: previews, the one that is shown, and hints."""
    shown = previews(form)
    asked = request.POST.get("shown", "")
    return {
        "incident": form.incident,
        "form": form,
        "unseen": _unseen(request, form) if form.is_bound else None,
        "previews": shown,
        "shown": asked if asked in form.chosen else next(iter(form.chosen), ""),
        "hints": hints(
            form.incident, {name: form.typed(name) for name in HINTED}, request.POST.getlist("dismissed")
        ),
    }


def _composer(
    request: SignedInRequest,
    form: StatusUpdateForm,
    *,
    wrong: StatusUpdate | None,
    stage: str = "",
    before: StatusUpdate | None = None,
    last: StatusUpdate | None = None,
    unseen: StatusUpdate | None = None,
) -> HttpResponse:
    """With `unseen`, it was not posted: what somebody else has said meanwhile is shown once, then it may be."""
    incident = form.incident
    if unseen:
        data = cast(QueryDict, form.data).copy()
        data["seen"] = unseen.posted_at.isoformat()
        form.data = data
    context = (
        _previewed(request, form)
        | recipients(incident, form.chosen)
        | {
            "wrong": wrong,
            "last": last,
            "stage": stage,
            "stages": Stage.choices,
            "is_fresh": "stage" in request.GET or before is not None,
            "dismissed": request.POST.getlist("dismissed"),
            "section": "incidents",
            "no_change": NoChangeForm(incident=incident),
        }
    )
    if unseen:
        context |= {"unseen": unseen, "is_held": True}
    return render(request, "incidents/status_update.html", context, status=409 if unseen else 200)
