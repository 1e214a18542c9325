"""Writing and reading the timeline, its evidence and its exports."""

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.requests import SignedInRequest
from core.responses import csv_answer
from incidents import workflow as incident_workflow
from incidents.forms.timeline import AnswerForm, ComposerForm, EventForm, EvidenceForm, GapForm, InsertForm
from incidents.models import Incident
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
from incidents.views.incident_page import page_context
from timeline import exports, workflow
from timeline.models import Evidence, Kind


@require_http_methods(["GET", "POST"])
def timeline(request: SignedInRequest, reference: str) -> HttpResponse:
    """GET: a page of the timeline. POST: the composer, whatever its kind."""
    if request.method == "POST":
        return compose(request, reference=reference)
    context = page_context(request, reference)
    if request.htmx:
        part = "more_events" if request.GET.get("before") else "timeline"
        return render(request, f"incidents/incident_detail.html#{part}", context)
    context["composer"] = ComposerForm()
    return render(request, "incidents/incident_detail.html", context)


@responders_only
def compose(request: SignedInRequest, reference: str) -> HttpResponse:
    incident = load(request, reference)
    form = ComposerForm(request.POST)
    if submitted(request, form) and attempt(
        form, _write, incident=incident, by=request.user, data=form.cleaned_data
    ):
        if not request.htmx:
            return redirect(incident)
        form = ComposerForm(initial={"kind": form.cleaned_data["kind"]})
        response = render(
            request, "incidents/incident_detail.html#composer", {"incident": incident, "composer": form}
        )
        response["HX-Trigger"] = "incident-changed"
        return response
    if request.htmx:
        context = {"incident": incident, "composer": form}
        return render(request, "incidents/incident_detail.html#composer", context, status=422)
    return render(
        request, "incidents/incident_detail.html", page_context(request, reference) | {"composer": form}
    )


def _write(*, incident: Incident, by: User, data: dict) -> object:
    """Hand what was typed to the verb of its kind."""
    at = data["occurred_at"]
    if data["kind"] == Kind.HYPOTHESIS:
        return incident_workflow.raise_hypothesis(
            incident=incident,
            by=by,
            claim=data["text"],
            at=at,
            test=data["test"],
            confidence=data["confidence"] or "possible",
        )
    if data["kind"] == Kind.MITIGATION:
        return incident_workflow.record_mitigation(
            incident=incident,
            by=by,
            text=data["text"],
            at=at,
            kind=data["mitigation_kind"] or "other",
            state=data["state"] or "applying",
            target=data["target"],
            time_box_minutes=data["time_box_minutes"],
            expected_effect=data["expected_effect"],
            risk=data["risk"],
            is_reversible=not data["is_irreversible"],
        )
    return workflow.write_event(
        incident=incident,
        by=by,
        kind=data["kind"],
        text=data["text"],
        detail=data["detail"],
        occurred_at=at,
        is_recollection=data["is_recollection"],
    )


@require_http_methods(["GET", "POST"])
@responders_only
def event(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Edit one row; what it said before is listed below the form."""
    incident = load(request, reference)
    event = get_object_or_404(incident.timeline.standing(), pk=pk)
    form = EventForm(request.POST or None, event=event)
    if submitted(request, form) and attempt(
        form, workflow.edit_event, event=event, by=request.user, **form.change()
    ):
        return done(request, incident)
    return form_page(
        request,
        incident,
        form,
        title=f"Edit: {event.get_kind_display().lower()}",
        submit="Save",
        event=event,
        edits=event.edits.select_related("by"),
        template_part="incidents/_event_form.html",
    )


@require_http_methods(["GET", "POST"])
@responders_only
def insertion(request: SignedInRequest, reference: str) -> HttpResponse:
    incident = load(request, reference)
    form = InsertForm(request.POST or None, initial={"occurred_at": request.GET.get("at") or None})
    if submitted(request, form) and attempt(
        form, workflow.write_event, incident=incident, by=request.user, **form.change()
    ):
        return done(request, incident)
    return form_page(request, incident, form, title="Insert into the timeline", submit="Insert event")


@require_http_methods(["GET", "POST"])
@responders_only
def gap(request: SignedInRequest, reference: str) -> HttpResponse:
    incident = load(request, reference)
    form = GapForm(request.POST or None)
    if submitted(request, form) and attempt(
        form, workflow.mark_gap, incident=incident, by=request.user, **form.cleaned_data
    ):
        return done(request, incident)
    return form_page(request, incident, form, title="Mark a gap", submit="Mark gap")


@require_POST
@responders_only
def star(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    incident = load(request, reference)
    event = get_object_or_404(incident.timeline.standing(), pk=pk)
    return click(
        request,
        incident,
        workflow.star_event,
        event=event,
        by=request.user,
        starred=request.POST.get("starred") == "yes",
    )


@require_POST
@responders_only
def removal(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    incident = load(request, reference)
    event = get_object_or_404(incident.timeline.standing(), pk=pk)
    return click(request, incident, workflow.remove_event, event=event, by=request.user)


@require_http_methods(["GET", "POST"])
@responders_only
def answer(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    incident = load(request, reference)
    question = get_object_or_404(incident.timeline.standing(), pk=pk, kind=Kind.QUESTION)
    form = AnswerForm(request.POST or None)
    if submitted(request, form) and attempt(
        form, workflow.write_event, incident=incident, by=request.user, answers=question, **form.cleaned_data
    ):
        return done(request, incident)
    return form_page(
        request,
        incident,
        form,
        title="Answer",
        submit="Answer",
        subject=question.text,
        template_part="incidents/_subject_form.html",
    )


@require_http_methods(["GET", "POST"])
@responders_only
def evidence(request: SignedInRequest, reference: str) -> HttpResponse:
    """Attach something seen: to the event or hypothesis named in the address, or as a row of its own."""
    incident = load(request, reference)
    event_pk = request.GET.get("event", "")
    event = get_object_or_404(incident.timeline.standing(), pk=event_pk) if is_number(event_pk) else None
    initial = {"hypothesis": request.GET.get("hypothesis") or (event.hypothesis_id if event else None)}
    form = EvidenceForm(request.POST or None, request.FILES or None, incident=incident, initial=initial)
    if submitted(request, form) and attempt(
        form, workflow.attach_evidence, incident=incident, by=request.user, event=event, **form.cleaned_data
    ):
        return done(request, incident)
    return form_page(
        request, incident, form, title="Attach evidence", submit="Attach evidence", multipart=True
    )


@require_safe
def evidence_item(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    incident = load(request, reference)
    item = get_object_or_404(incident.evidence.select_related("captured_by", "hypothesis"), pk=pk)
    return render(
        request,
        "incidents/evidence.html" + ("#evidence_card" if request.htmx else ""),
        {"incident": incident, "item": item, "section": "incidents"},
    )


@require_safe
def evidence_file(request: SignedInRequest, reference: str, pk: int) -> FileResponse:
    """The file itself, never interpreted: pictures inline, the rest as attachment, always nosniff."""
    incident = load(request, reference)
    item = get_object_or_404(Evidence.objects.filter(incident=incident).exclude(file=""), pk=pk)
    name = str(item.file).rsplit("/", 1)[-1]
    is_picture = item.file_type.startswith("image/")
    response = FileResponse(
        item.file.open("rb"), as_attachment=not is_picture, filename=name, content_type=item.file_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_safe
def export(request: SignedInRequest, reference: str, form: str) -> HttpResponse:
    """The whole timeline as Markdown, CSV or JSON, with local and UTC times."""
    incident = load(request, reference)
    text, content_type = exports.FORMATS[form](incident, timezone.get_current_timezone())
    name = f"{incident.reference}-timeline.{form}"
    if form == "csv":
        return csv_answer(text, name)
    response = HttpResponse(text, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
