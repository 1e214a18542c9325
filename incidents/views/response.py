"""Mitigations, hypotheses, changes, tasks, links."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from incidents import workflow
from incidents.forms.incident_page import (
    ChangeForm,
    HypothesisForm,
    LinkForm,
    MitigationForm,
    TaskForm,
    TaskOwnerForm,
)
from incidents.forms.stepping import MitigatedForm
from incidents.hooks import recipient_counts
from incidents.models import ChangeEvent, Stage, Status
from incidents.update_text import received, texts_for
from incidents.views.common import (
    attempt,
    click,
    done,
    form_page,
    load,
    previewed_texts,
    responders_only,
    submitted,
)
from incidents.workflow.announcing import audiences_informed


@require_http_methods(["GET", "POST"])
@responders_only
def hypothesis(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    incident = load(request, reference)
    hypothesis = get_object_or_404(incident.hypotheses.prefetch_related("evidence"), pk=pk)
    form = HypothesisForm(request.POST or None, hypothesis=hypothesis, initial=request.GET.dict())
    if submitted(request, form) and attempt(
        form, workflow.move_hypothesis, hypothesis=hypothesis, by=request.user, **form.cleaned_data
    ):
        return done(request, incident)
    return form_page(
        request,
        incident,
        form,
        title="Hypothesis",
        submit="Save",
        subject=hypothesis.claim,
        hypothesis=hypothesis,
        evidence=hypothesis.evidence.all(),
        template_part="incidents/_subject_form.html",
    )


@require_http_methods(["GET", "POST"])
@responders_only
def mitigation(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    incident = load(request, reference)
    mitigation = get_object_or_404(incident.mitigations, pk=pk)
    form = MitigationForm(request.POST or None, mitigation=mitigation, initial=request.GET.dict())
    if submitted(request, form) and attempt(
        form, workflow.move_mitigation, mitigation=mitigation, by=request.user, **form.cleaned_data
    ):
        return done(request, incident)
    return form_page(
        request,
        incident,
        form,
        title="Mitigation",
        submit="Save",
        subject=mitigation.text,
        template_part="incidents/_subject_form.html",
    )


@require_http_methods(["GET", "POST"])
@responders_only
def mitigated(request: SignedInRequest, reference: str) -> HttpResponse:
    incident = load(request, reference)
    texts = texts_for(incident, Stage.MITIGATED, audiences_informed(incident))
    form = MitigatedForm(request.POST or None, incident=incident, texts=texts)
    if submitted(request, form) and attempt(
        form, workflow.mitigate_incident, incident=incident, by=request.user, **form.arguments()
    ):
        return done(request, incident)
    return form_page(
        request,
        incident,
        form,
        title="Impact has stopped",
        submit="Mark mitigated",
        hint="Mitigated is not resolved. Recovery is watched and verified next.",
        template_part="incidents/_mitigated_form.html",
        counts=recipient_counts(incident),
        received=received(incident),
        of="step",
        **previewed_texts(request, form, incident, Status.MITIGATED),
    )


@require_http_methods(["GET", "POST"])
@responders_only
def changes(request: SignedInRequest, reference: str) -> HttpResponse:
    incident = load(request, reference)
    form = ChangeForm(request.POST or None)
    if submitted(request, form) and attempt(
        form, workflow.record_change, incident=incident, by=request.user, **form.cleaned_data
    ):
        return done(request, incident)
    return form_page(request, incident, form, title="Record a change", submit="Record change")


@require_POST
@responders_only
def introduction(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    incident = load(request, reference)
    change = get_object_or_404(ChangeEvent.objects.visible_to(request.user), pk=pk)
    return click(
        request,
        incident,
        workflow.mark_introducing_change,
        incident=incident,
        change=change,
        by=request.user,
    )


@require_POST
@responders_only
def suspicion(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    incident = load(request, reference)
    change = get_object_or_404(ChangeEvent.objects.visible_to(request.user), pk=pk)
    return click(
        request,
        incident,
        workflow.suspect_change,
        incident=incident,
        change=change,
        by=request.user,
        suspected=request.POST.get("suspected") == "yes",
    )


@require_http_methods(["GET", "POST"])
@responders_only
def tasks(request: SignedInRequest, reference: str) -> HttpResponse:
    incident = load(request, reference)
    form = TaskForm(request.POST or None)
    if submitted(request, form) and attempt(
        form, workflow.add_task, incident=incident, by=request.user, **form.cleaned_data
    ):
        return done(request, incident)
    return form_page(request, incident, form, title="Add a task", submit="Add task")


@require_POST
@responders_only
def task(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    incident = load(request, reference)
    task = get_object_or_404(incident.tasks, pk=pk)
    return click(
        request,
        incident,
        workflow.complete_task,
        task=task,
        by=request.user,
        done=request.POST.get("done") == "yes",
    )


@require_http_methods(["GET", "POST"])
@responders_only
def task_owner(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    incident = load(request, reference)
    task = get_object_or_404(incident.tasks, pk=pk)
    form = TaskOwnerForm(request.POST or None, initial={"owner": task.owner_id or request.user.pk})
    if submitted(request, form) and attempt(
        form, workflow.assign_task, task=task, by=request.user, **form.cleaned_data
    ):
        return done(request, incident)
    return form_page(
        request,
        incident,
        form,
        title="Assign task",
        submit="Assign task",
        subject=task.title,
        template_part="incidents/_subject_form.html",
    )


@require_http_methods(["GET", "POST"])
@responders_only
def links(request: SignedInRequest, reference: str) -> HttpResponse:
    incident = load(request, reference)
    form = LinkForm(request.POST or None)
    if submitted(request, form) and attempt(
        form, workflow.add_link, incident=incident, by=request.user, **form.cleaned_data
    ):
        return done(request, incident)
    return form_page(request, incident, form, title="Add a link", submit="Add link")
