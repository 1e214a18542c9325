"""Signals: add, change, remove."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Team, User
from audit.workflow import INSTALLATION, record_audit
from core.jmespaths import ExpressionError, check_expression
from incidents.models import Service
from signals.models import LONGEST_QUERY, MOST_SIGNALS, DataSource, RangeKind, Signal, SourceKind
from signals.permissions import require_setting_up
from signals.sources.values import LARGEST

NOT_SAID: Any = object()
ASKED = ("source", "query", "path")
"""With another of these the samples that are stored are of something else."""
AUDITED = (
    "service",
    "name",
    "source",
    "query",
    "path",
    "unit",
    "range_kind",
    "low",
    "high",
    "owner",
    "order",
)


@transaction.atomic
def add_signal(
    *,
    by: User,
    service: Service,
    name: str,
    source: DataSource,
    query: str,
    path: str = "",
    unit: str = "",
    range_kind: str = RangeKind.NONE,
    low: float | None = None,
    high: float | None = None,
    owner: Team | None = None,
    order: int = 100,
) -> Signal:
    """A query of a service that incidents show. Raises ValidationError naming the field."""
    require_setting_up(by)
    Service.objects.select_for_update(of=("self",), no_key=True).get(pk=service.pk)
    if Signal.objects.filter(service=service).count() >= MOST_SIGNALS:
        raise ValidationError(
            {"service": f"{service} has {MOST_SIGNALS} signals already. Remove one of them first."}
        )
    signal = Signal(service=service)
    _fill(
        signal,
        name=name,
        source=source,
        query=query,
        path=path,
        unit=unit,
        range_kind=range_kind,
        low=low,
        high=high,
        owner=owner,
        order=order,
    )
    signal.save()
    _audit("signal.added", signal, by, _facts(signal))
    return signal


@transaction.atomic
def change_signal(
    *,
    by: User,
    signal: Signal,
    name: str = NOT_SAID,
    source: DataSource = NOT_SAID,
    query: str = NOT_SAID,
    path: str = NOT_SAID,
    unit: str = NOT_SAID,
    range_kind: str = NOT_SAID,
    low: float | None = NOT_SAID,
    high: float | None = NOT_SAID,
    owner: Team | None = NOT_SAID,
    order: int = NOT_SAID,
) -> Signal:
    """What is not said stays. With another query, what is stored of the old one is forgotten; captures stay."""
    signal = _lock(signal, by)
    before = _facts(signal)
    said = {
        "name": name,
        "source": source,
        "query": query,
        "path": path,
        "unit": unit,
        "range_kind": range_kind,
        "low": low,
        "high": high,
        "owner": owner,
        "order": order,
    }
    _fill(signal, **{field: value for field, value in said.items() if value is not NOT_SAID})
    after = _facts(signal)
    changes = {field: [before[field], after[field]] for field in after if before[field] != after[field]}
    if not changes:
        return signal
    if any(field in changes for field in ASKED):
        forget_values(signal)
    if "range_kind" in changes:
        signal.usual.all().delete()
    signal.save()
    _audit("signal.changed", signal, by, changes)
    return signal


@transaction.atomic
def remove_signal(*, by: User, signal: Signal) -> None:
    """With its samples. What was captured stays, and recovery checks by it are people's again."""
    signal = _lock(signal, by)
    _audit("signal.removed", signal, by, _facts(signal))
    signal.delete()


def _fill(signal: Signal, **said: Any) -> None:
    for field, value in said.items():
        setattr(signal, field, value.strip() if isinstance(value, str) else value)
    if signal.range_kind != RangeKind.FIXED:
        signal.low = signal.high = None
    elif signal.low is None and signal.high is None:
        raise ValidationError({"low": "Enter the lowest or the highest normal value, or both."})
    for field in ("low", "high"):
        limit = getattr(signal, field)
        if limit is not None and not abs(limit) <= LARGEST:
            raise ValidationError({field: "Enter a smaller number."})
    if signal.low is not None and signal.high is not None and signal.low > signal.high:
        raise ValidationError({"high": "The highest normal value is below the lowest."})
    require_values(signal.source)
    if signal.source.kind == SourceKind.JSON:
        _check_path(signal)
    else:
        signal.path = ""
    signal.clean_fields()
    signal.validate_unique()
    signal.validate_constraints()


def require_values(source: DataSource) -> None:
    if source.kind == SourceKind.ALERTMANAGER:
        raise ValidationError({"source": f"{source} is an Alertmanager: it has no values."})


def _check_path(signal: Signal) -> None:
    try:
        check_expression(signal.query, longest=LONGEST_QUERY)
    except ExpressionError as fault:
        raise ValidationError({"query": str(fault)}) from fault
    if signal.path and not signal.path.startswith(("/", "?")):
        raise ValidationError({"path": "Begin with / or with ?. It is added to the address of the source."})
    if signal.range_kind == RangeKind.USUAL and "{start}" not in signal.path:
        told = (
            "To know the weeks before, the address must say which times it is asked for: {start} and {end}."
        )
        raise ValidationError({"range_kind": told})


def forget_values(signal: Signal) -> None:
    """What is stored is of something else; the caller saves the signal."""
    signal.hours.all().delete()
    signal.usual.all().delete()
    signal.covered_from = signal.covered_until = signal.last_at = signal.last_value = None
    signal.problem, signal.problem_since = "", None


def _facts(signal: Signal) -> dict[str, Any]:
    facts = {field: getattr(signal, field) for field in AUDITED}
    return {name: str(value) if hasattr(value, "pk") else value for name, value in facts.items()}


def _lock(signal: Signal, by: User) -> Signal:
    require_setting_up(by)
    rows = Signal.objects.select_for_update(of=("self",))
    return rows.select_related("service", "source", "owner").get(pk=signal.pk)


def _audit(action: str, signal: Signal, by: User, changes: dict[str, Any]) -> None:
    subject = f"signal:{signal.pk}"
    record_audit(chain=INSTALLATION, action=action, subject=subject, by=by, changes=changes)
