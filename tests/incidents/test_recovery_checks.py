from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit import context
from incidents.models import ChecklistTemplate, RecoveryCheck
from incidents.workflow import (
    add_recovery_check,
    mitigate_incident,
    settle_recovery_check,
    watch_recovery_check,
)


@pytest.fixture
def signal(mitigated) -> RecoveryCheck:
    return mitigated.recovery_checks.get(kind="signal")


@pytest.fixture
def trial(mitigated) -> RecoveryCheck:
    return mitigated.recovery_checks.get(kind="test")


def test_add_recovery_check(mitigated, commander, traces):
    seen = traces(mitigated)
    add_recovery_check(incident=mitigated, by=commander, title="Refunds run", kind="test")
    assert (seen.texts, seen.actions, seen.topics) == (
        ["added the recovery check “Refunds run”"],
        ["recovery_check.added"],
        ["recovery_check.added"],
    )


def test_a_signal_needs_its_minutes(mitigated, commander):
    with pytest.raises(ValidationError, match="how many minutes"):
        add_recovery_check(incident=mitigated, by=commander, title="5xx", kind="signal")


def test_a_template_without_minutes_is_watched_for_ten(incident, commander):
    ChecklistTemplate.objects.create(title="Latency", kind="signal", status="mitigated")
    mitigate_incident(incident=incident, by=commander)
    assert incident.recovery_checks.get(title="Latency").minutes == 10


def test_a_signal_passes_only_when_its_minutes_are_over(signal, mitigated, commander, traces):
    seen = traces(mitigated)
    with pytest.raises(ValidationError, match="Start watching"):
        settle_recovery_check(check=signal, state="passed", by=commander)
    watched = watch_recovery_check(check=signal, by=commander)
    with (
        context.at(watched.watch_ends_at - timedelta(seconds=1)),
        pytest.raises(ValidationError, match="must stay normal until"),
    ):
        settle_recovery_check(check=signal, state="passed", by=commander)
    with context.at(watched.watch_ends_at):
        settled = settle_recovery_check(check=signal, state="passed", by=commander, result="0.4%")
    assert settled.is_settled
    assert seen.actions == seen.topics == ["recovery_check.watching", "recovery_check.settled"]


def test_watching_anew_begins_at_zero(signal, commander, ago):
    watch_recovery_check(check=signal, by=commander, since=ago(minutes=0.0001))
    failed = settle_recovery_check(check=signal, state="failed", by=commander, result="a spike")
    assert failed.watching_since is None
    again = watch_recovery_check(check=failed, by=commander)
    assert (again.state, again.settled_at) == ("watching", None)


def test_only_a_signal_is_watched(trial, commander):
    with pytest.raises(ValidationError, match="Answer the other checks"):
        watch_recovery_check(check=trial, by=commander)


@pytest.mark.parametrize(("state", "message"), [("waived", "why it is waived"), ("failed", "what was seen")])
def test_waiving_and_failing_need_words(trial, commander, state, message):
    with pytest.raises(ValidationError, match=message):
        settle_recovery_check(check=trial, state=state, by=commander)


def test_an_answer_can_be_taken_back(trial, commander):
    settle_recovery_check(check=trial, state="passed", by=commander)
    opened = settle_recovery_check(check=trial, state="open", by=commander)
    assert (opened.settled_by, opened.settled_at) == (None, None)


def test_the_same_again_writes_nothing(trial, mitigated, commander, traces):
    settle_recovery_check(check=trial, state="passed", by=commander, result="3 of 3")
    seen = traces(mitigated)
    settle_recovery_check(check=trial, state="passed", by=commander, result="3 of 3")
    assert seen.none


def test_stakeholder_is_refused(signal, trial, stakeholder):
    with pytest.raises(PermissionDenied):
        settle_recovery_check(check=trial, state="passed", by=stakeholder)
    with pytest.raises(PermissionDenied):
        watch_recovery_check(check=signal, by=stakeholder)


@pytest.mark.parametrize(("state", "answer"), [("passed", "No data lost"), ("failed", "Data lost")])
def test_the_question_about_data_is_answered_in_its_words(mitigated, commander, traces, state, answer):
    check = mitigated.recovery_checks.get(kind="data_loss")
    assert check.title == "Was any data lost or corrupted?"
    seen = traces(mitigated)
    check = settle_recovery_check(check=check, state=state, by=commander, result="counted")
    assert check.answer == answer
    assert seen.texts == [f"marked the check “{check.title}” as “{answer}”"]
