"""The four steps: fix, verify, confirm with affected parties, close; and reopening."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from incidents import workflow
from incidents.forms.incident_page import RecoveryCheckForm, SettleForm
from incidents.forms.stepping import CloseForm, ReopenForm, ResolveForm
from incidents.hooks import component_pages, recipient_counts, signal_checks
from incidents.incident_queries import pending_updates
from incidents.models import ChecklistKind, Incident, MitigationState, Stage, Status
from incidents.recovery_evidence import recovery_evidence
from incidents.update_text import received, texts_for, texts_of_reopening
from incidents.views.common import (
    attempt,
    click,
    done,
    form_page,
    is_preview,
    load,
    previewed_texts,
    responders_only,
    submitted,
)
from incidents.workflow.announcing import audiences_informed
from incidents.workflow.reopening import impacts_before_recovery, last_commander
from incidents.workflow.resolving import missing_for_closing, missing_for_resolution

STEPS = ["fix", "verify", "confirm", "close"]


@require_http_methods(["GET", "POST"])
@responders_only
def resolution(request: SignedInRequest, reference: str) -> HttpResponse:
    incident = load(request, reference)
    form = _resolve_form(incident, request.POST or None)
    if submitted(request, form) and attempt(
        form, workflow.resolve_incident, incident=incident, by=request.user, **form.arguments()
    ):
        return done(request, incident, to=reverse("resolution", args=[reference]))
    previews = previewed_texts(request, form, incident, Status.RESOLVED) | {"of": "resolve"}
    if is_preview(request) and request.htmx:
        return render(request, "incidents/_previews.html", previews)
    context = resolution_context(incident, resolve_form=form) | previews
    return render(request, "incidents/resolution.html", context)


@require_http_methods(["GET", "POST"])
@responders_only
def reopening(request: SignedInRequest, reference: str) -> HttpResponse:
    incident = load(request, reference)
    form = ReopenForm(
        request.POST or None,
        commander=last_commander(incident) or request.user,
        impacts=impacts_before_recovery(incident),
        texts=texts_of_reopening(incident, audiences_informed(incident)),
    )
    if submitted(request, form) and attempt(
        form, workflow.reopen_incident, incident=incident, by=request.user, **form.arguments()
    ):
        return done(request, incident, to=incident.get_absolute_url())
    return form_page(
        request,
        incident,
        form,
        title=f"Reopen {incident.reference}",
        submit="Reopen incident",
        hint="All history is kept. The recovery checks are open again, and updates are due as after a declaration.",
        template_part="incidents/_reopen_form.html",
        counts=recipient_counts(incident),
        received=received(incident),
        of="step",
        **previewed_texts(request, form, incident, Status.INVESTIGATING),
    )


@require_http_methods(["GET", "POST"])
@responders_only
def recovery_checks(request: SignedInRequest, reference: str) -> HttpResponse:
    incident = load(request, reference)
    form = RecoveryCheckForm(request.POST or None)
    if submitted(request, form) and attempt(
        form, workflow.add_recovery_check, incident=incident, by=request.user, **form.cleaned_data
    ):
        return done(request, incident, to=reverse("resolution", args=[reference]))
    return form_page(request, incident, form, title="Add a recovery check", submit="Add check")


@require_http_methods(["GET", "POST"])
@responders_only
def recovery_check(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    incident = load(request, reference)
    check = get_object_or_404(incident.recovery_checks, pk=pk)
    back = reverse("resolution", args=[reference])
    form = SettleForm(request.POST or None, initial=request.GET.dict())
    if request.POST.get("watch"):
        verb = workflow.watch_recovery_check
        return click(request, incident, verb, check=check, by=request.user, to=back)
    if submitted(request, form) and attempt(
        form, workflow.settle_recovery_check, check=check, by=request.user, **form.cleaned_data
    ):
        return done(request, incident, to=back)
    return form_page(
        request,
        incident,
        form,
        title="Recovery check",
        submit="Save",
        subject=check.title,
        template_part="incidents/_subject_form.html",
    )


def _resolve_form(incident: Incident, data: QueryDict | None = None) -> ResolveForm:
    informed = audiences_informed(incident) if incident.status == Status.MITIGATED else []
    pages = component_pages(incident) if incident.status == Status.MITIGATED else {}
    texts = texts_for(incident, Stage.RESOLVED, informed)
    missing = missing_for_resolution(incident) if incident.status == Status.MITIGATED else []
    return ResolveForm(data, incident=incident, texts=texts, pages=pages, missing=missing)


def resolution_context(
    incident: Incident, *, resolve_form: ResolveForm | None = None, close_form: CloseForm | None = None
) -> dict:
    """What the page of the four steps shows; a form that was sent comes back with its errors."""
    checks = list(incident.recovery_checks.select_related("owner", "settled_by"))
    verify = [c for c in checks if c.kind != ChecklistKind.CONFIRMATION]
    confirm = [c for c in checks if c.kind == ChecklistKind.CONFIRMATION]
    if incident.status in (Status.RESOLVED, Status.CLOSED):
        step = "close"
    elif incident.status != Status.MITIGATED:
        step = "fix"
    else:
        step = "confirm" if verify and all(c.is_settled for c in verify) else "verify"
    by_signal = signal_checks(incident)
    for check in checks:
        check.by_itself = by_signal.by_check.get(check.pk)  # type: ignore[attr-defined]
    had = received(incident)
    resolve_form = resolve_form or _resolve_form(incident)
    return {
        "incident": incident,
        "section": "incidents",
        "pending_updates": pending_updates(incident),
        "step": step,
        "steps": [
            (name, STEPS.index(name) < STEPS.index(step) or incident.status == Status.CLOSED)
            for name in STEPS
        ],
        "verify": verify,
        "can_run_by_signal": by_signal.can_run,
        "confirm": confirm,
        "missing": resolve_form.missing,
        "missing_for_closing": missing_for_closing(incident),
        "applied": incident.mitigations.exclude(
            state__in=(MitigationState.PROPOSED, MitigationState.REJECTED)
        ),
        "tasks": incident.tasks.filter(template__status__in=("mitigated", "resolved")),
        "resolve_form": resolve_form,
        "affected": incident.affected_services.running().worst_first(),
        "counts": recipient_counts(incident) if step in ("verify", "confirm") else None,
        "received": had,
        "evidence": recovery_evidence(incident, had) if incident.status == Status.MITIGATED else [],
        "close_form": close_form or CloseForm(initial={"owner": incident.commander}),
    }
