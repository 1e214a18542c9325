"""May an update be promised for another time, and what does that take?"""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit import context
from incidents.models import DueTime, Snooze
from incidents.workflow import change_severity, post_status_update, resolve_incident, snooze_update
from tests.conftest import NOT_SENT


def in_(minutes):
    return context.now() + timedelta(minutes=minutes)


def due(incident, audience="stakeholders"):
    return incident.update_schedules.get(audience=audience).due_at


def snooze(incident, by, until, **more):
    return snooze_update(
        incident=incident, audience="stakeholders", until=until, by=by, **{"reason": "vendor call"} | more
    )


def test_the_new_time_counts(incident, commander, traces):
    seen, before, public = traces(incident), due(incident), due(incident, "public")
    made = snooze(incident, commander, in_(40))
    assert due(incident) == made.until
    assert due(incident, "public") == public
    assert made.due_at == before
    assert seen.texts[0].startswith("promised the stakeholder update by ")
    assert seen.events[0].detail == "vendor call"
    assert (seen.actions, seen.topics) == (["update.snoozed"], ["update.snoozed"])


@pytest.mark.parametrize(
    ("minutes", "reason", "field"), [(40, "  ", "reason"), (-1, "x", "until"), (10, "x", "until")]
)
def test_it_takes_a_later_time_and_a_reason(incident, commander, traces, minutes, reason, field):
    seen, before = traces(incident), due(incident)
    with pytest.raises(ValidationError) as refusal:
        snooze(incident, commander, in_(minutes), reason=reason)
    assert list(refusal.value.error_dict) == [field]
    assert due(incident) == before
    assert seen.none
    assert not Snooze.objects.exists()


def test_where_nothing_is_owed_nothing_is_moved(mitigated, commander):
    resolve_incident(incident=mitigated, by=commander, waive_reason="x", unsent=NOT_SENT)
    with pytest.raises(ValidationError):
        snooze(mitigated, commander, in_(40))


def test_the_next_update_ends_it(incident, commander):
    snooze(incident, commander, in_(40))
    with context.at(in_(5)):
        update = post_status_update(
            incident=incident, by=commander, audiences=["stakeholders"], known="x", unknown="y",
            next_update_at=in_(500),
        )  # fmt: skip
    assert due(incident) == update.posted_at + timedelta(minutes=30)


def test_a_worse_severity_counts_from_the_new_promise(incident, commander, severity):
    made = snooze(incident, commander, in_(40))
    change_severity(incident=incident, severity=severity(3), by=commander)
    assert due(incident) == made.until
    change_severity(incident=incident, severity=severity(1), by=commander)
    assert due(incident) == made.at + timedelta(minutes=10)


def test_what_had_passed_stays_missed(incident, commander):
    before = due(incident)
    with context.at(in_(20)):
        snooze(incident, commander, in_(40))
    missed = DueTime.objects.get(incident=incident, audience="stakeholders")
    assert (missed.due_at, missed.update) == (before, None)
    assert missed.ended_at > before


def test_a_stakeholder_promises_nothing(incident, stakeholder):
    with pytest.raises(PermissionDenied):
        snooze(incident, stakeholder, in_(40))
