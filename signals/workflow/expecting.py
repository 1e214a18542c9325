"""What a hypothesis predicts of a signal, or a mitigation is expected to do to it, and what was observed."""

from datetime import UTC, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit import context
from incidents.models import Hypothesis, Incident, Mitigation
from incidents.workflow.transitions import audit, lock, require_open
from signals.models import HOUR, Comparison, Expectation, ExpectationState, RangeKind, Signal
from signals.samples import Bands, is_normal, read_bands, read_samples, written
from signals.sources.values import LARGEST, Points
from signals.workflow.capturing import require_of_incident
from signals.workflow.looking import refresh_soon
from timeline.models import Kind
from timeline.workflow import record_event

GIVEN_UP_AFTER = timedelta(minutes=15)
"""After its time nothing is fetched for it any more."""


@transaction.atomic
def expect_of_signal(
    *,
    incident: Incident,
    signal: Signal,
    by: User,
    hypothesis: Hypothesis | None = None,
    mitigation: Mitigation | None = None,
    comparison: str = Comparison.NORMAL,
    value: float | None = None,
    minutes: int = 5,
    tested_by: Mitigation | None = None,
) -> Expectation:
    """Say what a signal does if the hypothesis is right, or if the mitigation works. Said again, it replaces the first."""
    incident = lock(incident, by=by)
    require_open(incident)
    require_of_incident(incident, signal)
    if (hypothesis is None) == (mitigation is None):
        raise ValidationError("Choose a hypothesis or a mitigation.")
    for subject in (hypothesis, mitigation, tested_by):
        if subject is not None and subject.incident_id != incident.pk:
            raise ValidationError("That belongs to another incident.")
    if comparison == Comparison.NORMAL:
        value = None
        if signal.range_kind == RangeKind.NONE:
            raise ValidationError({"comparison": f"{signal} has no normal range. Compare with a value."})
    elif value is None or not abs(value) <= LARGEST:
        raise ValidationError({"value": "Enter the value to compare with."})
    if not 1 <= minutes <= 24 * 60:
        raise ValidationError({"minutes": "Choose 1 to 1,440 minutes."})
    made, _is_new = Expectation.objects.update_or_create(
        hypothesis=hypothesis,
        mitigation=mitigation,
        defaults={
            "incident": incident,
            "tested_by": tested_by if hypothesis else None,
            "signal": signal,
            "comparison": comparison,
            "value": value,
            "minutes": minutes,
            "counts_from": context.now(),
            "state": ExpectationState.WAITING,
            "value_before": None,
            "observed_value": None,
            "observed_at": None,
        },
    )
    subject = hypothesis or mitigation
    text = f"expects of “{subject}”: {words_of(made)}"
    record_event(incident=incident, kind=Kind.FACT, text=text, by=by)
    audit(incident, "signal.expected", by, of=str(subject), expected=words_of(made))
    refresh_soon(incident, context.now())
    return made


@transaction.atomic
def drop_expectation(*, expectation: Expectation, by: User) -> None:
    """Nothing is expected of the signal any more. Taken back twice, it is told once."""
    incident = lock(expectation.incident, by=by)
    found = Expectation.objects.filter(pk=expectation.pk).select_related("signal", "tested_by").first()
    if found is None:
        return
    subject, expectation = found.hypothesis or found.mitigation, found
    text = f"took back what was expected of “{subject}”: {words_of(expectation)}"
    record_event(incident=incident, kind=Kind.FACT, text=text, by=by)
    audit(incident, "signal.expectation_dropped", by, expected=words_of(expectation))
    expectation.delete()


def words_of(expectation: Expectation) -> str:
    """“Error rate is normal within 5 min” · “Pool saturation falls below 70% within 5 min of “Rollback””"""
    signal, words = expectation.signal, expectation.get_comparison_display()
    if expectation.comparison != Comparison.NORMAL:
        words = f"{words} {written(expectation.value, signal.unit)}"
    tested_by = f" of “{expectation.tested_by}”" if expectation.tested_by else ""
    return f"{signal} {words} within {expectation.minutes} min{tested_by}"


def begins_at(expectation: Expectation) -> datetime | None:
    """None while its mitigation is not being applied."""
    subject = expectation.mitigation or expectation.tested_by
    return subject.started_at if subject else expectation.counts_from


def waits_for_effect(incident: Incident, now: datetime) -> bool:
    """Whether values are needed for what is expected now."""
    found = [(one, begins) for one in _waiting(incident) if (begins := begins_at(one))]
    return any(now <= begins + timedelta(minutes=one.minutes) + GIVEN_UP_AFTER for one, begins in found)


def settle_expectations(incident: Incident, now: datetime) -> None:
    """What the stored samples say of all that is expected. A worker calls it after each refresh."""
    for expectation in _waiting(incident):
        begins = begins_at(expectation)
        if begins is None:
            continue
        ends = begins + timedelta(minutes=expectation.minutes)
        points = read_samples([expectation.signal], begins - HOUR, ends).get(expectation.signal_id, {})
        bands = read_bands([expectation.signal], begins - HOUR, ends).get(expectation.signal_id, [])
        if _observe(expectation, points, bands, begins, now):
            Expectation.objects.filter(pk=expectation.pk, state=ExpectationState.WAITING).update(
                **{
                    name: getattr(expectation, name)
                    for name in ("state", "value_before", "observed_value", "observed_at")
                }
            )


def _waiting(incident: Incident) -> list[Expectation]:
    rows = Expectation.objects.filter(incident=incident, state=ExpectationState.WAITING)
    return list(rows.select_related("signal__service", "signal__source", "mitigation", "tested_by"))


def _observe(expectation: Expectation, points: Points, bands: Bands, begins: datetime, now: datetime) -> bool:
    """Fill in what was observed; False while it cannot be said yet."""
    start, ends = begins.timestamp(), begins.timestamp() + expectation.minutes * 60
    before = [second for second in points if second <= start]
    within = sorted(
        second
        for second in points
        if start < second <= ends and _is_judged(expectation, points[second], bands, second)
    )
    met = next((second for second in within if _is_met(expectation, points[second], bands, second)), None)
    if met is None and (now.timestamp() < ends + 60 or not within):
        return False
    seen = within[-1] if met is None else met
    expectation.state = ExpectationState.MISSED if met is None else ExpectationState.MET
    expectation.value_before = points[max(before)] if before else None
    expectation.observed_value = points[seen]
    expectation.observed_at = datetime.fromtimestamp(seen, UTC)
    return True


def _is_judged(expectation: Expectation, value: float, bands: Bands, second: float) -> bool:
    """Not where it is to be normal, and nothing is known of what is normal then."""
    return expectation.comparison != Comparison.NORMAL or is_normal(bands, second, value) is not None


def _is_met(expectation: Expectation, value: float, bands: Bands, second: float) -> bool:
    if expectation.comparison == Comparison.NORMAL:
        return is_normal(bands, second, value) is True
    assert expectation.value is not None
    return (
        value < expectation.value if expectation.comparison == Comparison.BELOW else value > expectation.value
    )
