"""Settings → Signals: data sources, and what a worker found out about a query. For administrators only."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from core.permissions import administrators_only
from core.responses import refused_or
from signals import workflow
from signals.charts import chart_of
from signals.forms import DataSourceForm, NewDataSourceForm
from signals.models import MINUTE, DataSource, RangeKind, Signal, Trial
from signals.samples import Band

READ_AGAIN = timedelta(seconds=1)
SAID = ("name", "url", "sign_in", "user_name", "tenant")


@require_http_methods(["GET", "POST"])
@administrators_only
def data_source_new(request: SignedInRequest) -> HttpResponse:
    form = NewDataSourceForm(request.POST or None)
    if form.is_valid() and form.submit(workflow.add_data_source, by=request.user, **form.cleaned_data):
        with suppress(ValidationError):  # too many queries of theirs wait: it can be tested later
            workflow.test_data_source(by=request.user, source=form.outcome)
        return redirect(form.outcome)
    return render(request, "signals/source.html", {"form": form})


@never_cache
@require_http_methods(["GET", "POST"])
@administrators_only
def data_source(request: SignedInRequest, pk: int) -> HttpResponse:
    source = get_object_or_404(DataSource, pk=pk)
    form = DataSourceForm(
        request.POST or None, source=source, initial={name: getattr(source, name) for name in SAID}
    )
    if form.is_valid() and form.submit(
        workflow.change_data_source, by=request.user, source=source, **form.cleaned_data
    ):
        messages.success(request, "Saved.")
        return redirect(source)
    test = source.trials.filter(query="").first()
    context = {
        "form": form,
        "source": source,
        "test": test,
        "signals": source.signals.select_related("service").in_order(),
        "again_at": timezone.now() + READ_AGAIN if test and test.answered_at is None else None,
    }
    return render(request, "signals/source.html", context)


@require_POST
@administrators_only
def data_source_test(request: SignedInRequest, pk: int) -> HttpResponse:
    source = get_object_or_404(DataSource, pk=pk)
    done = "A worker asks it now."
    return refused_or(
        request, done, "data_source", [pk], workflow.test_data_source, by=request.user, source=source
    )


@require_http_methods(["GET", "POST"])
@administrators_only
def data_source_deletion(request: SignedInRequest, pk: int) -> HttpResponse:
    source = get_object_or_404(DataSource, pk=pk)
    if request.method == "POST":
        done = f"{source} is removed."
        return refused_or(
            request, done, "signals", [], workflow.remove_data_source, by=request.user, source=source
        )
    context = {"source": source, "count": source.signals.count()}
    return render(request, "signals/source_deletion.html", context)


@never_cache
@require_safe
@administrators_only
def signal_trial(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was found out, or that a worker still asks: the part of the form's page that is fetched again."""
    trial = get_object_or_404(Trial.objects.select_related("source"), pk=pk, asked_by=request.user)
    return render(request, "signals/trial.html", trial_context(trial))


def trial_context(trial: Trial) -> dict[str, Any]:
    context: dict[str, Any] = {"trial": trial}
    if trial.answered_at is None:
        return context | {"again_at": timezone.now() + READ_AGAIN}
    if trial.points:
        context["chart"] = _drawn(trial, trial.answered_at)
    return context


def _drawn(trial: Trial, answered_at: datetime) -> Any:
    """The last three hours of the query, as a chart would show it."""
    signal = Signal(
        name="The query",
        unit=trial.unit,
        source=trial.source,
        range_kind=RangeKind.NONE if trial.low is None and trial.high is None else RangeKind.FIXED,
        low=trial.low,
        high=trial.high,
        covered_until=answered_at,
    )
    end = answered_at.astimezone(UTC).replace(second=0, microsecond=0) + MINUTE
    times = (end - Trial.SPAN - MINUTE, end)
    bands = [Band(times[0].timestamp(), times[1].timestamp(), trial.low, trial.high)]
    points = {int(second): float(value) for second, value in trial.points}
    return chart_of(
        signal,
        points,
        bands if signal.range_kind == RangeKind.FIXED else [],
        [],
        times,
        answered_at,
        is_running=False,
    )
