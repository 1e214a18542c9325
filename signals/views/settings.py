"""Settings → Signals: the list of sources and signals, and one signal. For administrators only."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from core.forms import Form
from core.permissions import administrators_only
from core.responses import refused_or
from signals import workflow
from signals.forms import NewSignalForm, SignalForm
from signals.models import DataSource, Signal
from signals.samples import read_bands
from signals.standing import range_words
from signals.views.sources import trial_context

SAID = ("name", "source", "query", "path", "unit", "range_kind", "low", "high", "owner", "order")


@require_safe
@administrators_only
def signal_list(request: SignedInRequest) -> HttpResponse:
    now = timezone.now()
    found = list(Signal.objects.with_places().order_by("service__name", "order", "name", "pk"))
    bands = read_bands(found, now, now)
    for signal in found:
        signal.range_told = range_words(signal, bands.get(signal.pk, []))  # type: ignore[attr-defined]
    context = {
        "sources": DataSource.objects.order_by("name"),
        "by_service": [
            (service, list(rows)) for service, rows in groupby(found, key=lambda one: one.service)
        ],
        "count": len(found),
    }
    return render(request, "signals/list.html", context)


@require_http_methods(["GET", "POST"])
@administrators_only
def signal_new(request: SignedInRequest) -> HttpResponse:
    """“try” asks a worker, and saves nothing."""
    form = NewSignalForm(request.POST or None, initial=request.GET.dict())
    if "try" in request.POST:
        return _tried(request, form, None)
    if form.is_valid() and form.submit(workflow.add_signal, by=request.user, **form.cleaned_data):
        messages.success(request, f"{form.outcome} is saved. Incidents of {form.outcome.service} show it.")
        return redirect("signals")
    return _form(request, form, None)


@require_http_methods(["GET", "POST"])
@administrators_only
def signal(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(Signal.objects.with_places(), pk=pk)
    initial = {name: getattr(subject, name) for name in SAID}
    form = SignalForm(request.POST or None, initial=initial)
    if "try" in request.POST:
        return _tried(request, form, subject)
    if form.is_valid() and form.submit(
        workflow.change_signal, by=request.user, signal=subject, **form.cleaned_data
    ):
        messages.success(request, "Saved.")
        return redirect("signals")
    return _form(request, form, subject)


def _tried(request: SignedInRequest, form: Form, subject: Signal | None) -> HttpResponse:
    """The form again, with what a worker finds out about its query."""
    trial = None
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("source", "query", "path", "unit", "low", "high")}
        if form.submit(workflow.try_query, by=request.user, **said):
            trial = form.outcome
    return _form(request, form, subject, **(trial_context(trial) if trial else {}))


def _form(request: SignedInRequest, form: Form, subject: Signal | None, **more: Any) -> HttpResponse:
    context = {
        "form": form,
        "signal": subject,
        "has_source": DataSource.objects.with_values().exists(),
        **more,
    }
    return render(request, "signals/signal.html", context)


@require_http_methods(["GET", "POST"])
@administrators_only
def signal_deletion(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(Signal.objects.with_places(), pk=pk)
    if request.method == "POST":
        done = f"{subject} is removed."
        return refused_or(
            request, done, "signals", [], workflow.remove_signal, by=request.user, signal=subject
        )
    return render(request, "signals/signal_deletion.html", {"signal": subject})
