"""Settings → Automations: the list, and one automation. For administrators only."""

from itertools import groupby

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from automations import workflow
from automations.filling import KNOWN
from automations.forms import AutomationForm, NewAutomationForm
from automations.models import Automation, Preset
from automations.presets import STARTS
from automations.workflow.setting_up import TEXTS
from core.forms import Form
from core.permissions import administrators_only
from core.responses import refused_or


@require_safe
@administrators_only
def automation_list(request: SignedInRequest) -> HttpResponse:
    found = Automation.objects.with_places().order_by("service__name", "order", "name", "pk")
    by_service = [(service, list(rows)) for service, rows in groupby(found, key=lambda one: one.service)]
    context = {"by_service": by_service, "count": len(found), "presets": _presets()}
    return render(request, "automations/list.html", context)


def _presets() -> list[tuple[str, str, str]]:
    return [(kind.value, kind.label, STARTS[kind].about) for kind in Preset]


@require_http_methods(["GET", "POST"])
@administrators_only
def automation_new(request: SignedInRequest) -> HttpResponse:
    """What it begins with is chosen by `preset` in the address."""
    asked = request.POST.get("preset") or request.GET.get("preset", "")
    preset = Preset(asked) if asked in Preset.values else Preset.OTHER
    begins = {name: value for name, value in vars(STARTS[preset]).items() if name not in ("about", "steps")}
    form = NewAutomationForm(request.POST or None, initial=begins | request.GET.dict() | {"preset": preset})
    if form.is_valid() and form.submit(workflow.add_automation, by=request.user, **form.arguments()):
        messages.success(request, f"{form.outcome} is saved. Incidents of {form.outcome.service} offer it.")
        return redirect("automations")
    return _form(request, form, None, preset)


@require_http_methods(["GET", "POST"])
@administrators_only
def automation(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(Automation.objects.with_places(), pk=pk)
    initial = {name: getattr(subject, name) for name in TEXTS if name != "preset"}
    initial |= {
        "people": subject.people.all(),
        "teams": subject.teams.all(),
        "reversed_by": subject.reversed_by,
    }
    form = AutomationForm(request.POST or None, automation=subject, initial=initial)
    if form.is_valid() and form.submit(
        workflow.change_automation, by=request.user, automation=subject, **form.arguments()
    ):
        messages.success(request, "Saved.")
        return redirect("automations")
    return _form(request, form, subject, Preset(subject.preset))


def _form(request: SignedInRequest, form: Form, subject: Automation | None, preset: Preset) -> HttpResponse:
    context = {
        "form": form,
        "automation": subject,
        "preset": preset,
        "start": STARTS[preset],
        "presets": _presets(),
        "placeholders": KNOWN.items(),
    }
    return render(request, "automations/automation.html", context)


@require_http_methods(["GET", "POST"])
@administrators_only
def automation_deletion(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(Automation.objects.with_places(), pk=pk)
    if request.method == "POST":
        done = f"{subject} is removed."
        return refused_or(
            request, done, "automations", [], workflow.remove_automation, by=request.user, automation=subject
        )
    return render(request, "automations/automation_deletion.html", {"automation": subject})
