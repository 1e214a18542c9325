import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError

from audit import context
from incidents.models import Status, StatusUpdate
from incidents.workflow import post_status_update
from notifications.models import OutboxMessage
from timeline.workflow import attach_evidence


@pytest.fixture
def words(commander):
    return {
        "by": commander,
        "audiences": ["public", "stakeholders"],
        "known": "Some card payments fail.",
        "wordings": {"public": {"known": "Some cannot pay."}},
        "public_title": "Card payments",
        "unknown": "We do not know the cause.",
        "next_update_at": context.now() + timedelta(minutes=20),
    }


def test_works(incident, words, traces):
    seen = traces(incident)
    update = post_status_update(incident=incident, **words)
    assert (update.status, update.severity, update.public_status) == (
        Status.INVESTIGATING,
        incident.severity,
        "Investigating",
    )
    assert seen.events[0].status_update == update
    assert (seen.texts, seen.actions, seen.topics) == (
        ["Some card payments fail."],
        ["status_update.posted"],
        ["status_update.posted"],
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"audiences": []}, "audiences"),
        ({"audiences": ["everybody"]}, "audiences"),
        ({"known": " "}, "known"),
        ({"unknown": ""}, "unknown"),
        ({"wordings": {}}, "public_known"),
        ({"wordings": {"public": {"known": " ", "workaround": "Pay cash"}}}, "public_known"),
        ({"public_title": ""}, "public_title"),
        ({"next_update_at": None}, "next_update_at"),
        ({"next_update_at": context.now() - timedelta(minutes=1)}, "next_update_at"),
    ],
)
def test_says_what_is_missing(incident, words, change, field, traces):
    seen = traces(incident)
    with pytest.raises(ValidationError) as error:
        post_status_update(incident=incident, **words | change)
    assert list(error.value.message_dict) == [field]
    assert seen.none


def test_no_open_unknowns_is_said_explicitly(incident, words):
    assert post_status_update(incident=incident, **words | {"unknown": "", "no_open_unknowns": True})


def test_after_resolution_nothing_is_promised(resolved, words):
    update = post_status_update(incident=resolved, **words | {"unknown": ""})
    assert update.next_update_at is None


def test_a_private_incident_says_nothing_in_public(private_incident, words):
    with pytest.raises(ValidationError, match="no public updates"):
        post_status_update(incident=private_incident, **words)
    assert post_status_update(incident=private_incident, **words | {"audiences": ["executives"]})


def test_the_same_form_twice_is_one_update(incident, words):
    token = uuid.uuid4()
    first = post_status_update(incident=incident, form_token=token, **words)
    assert post_status_update(incident=incident, form_token=token, **words) == first
    assert StatusUpdate.objects.count() == 1


def test_a_correction_names_what_was_wrong(incident, words):
    first = post_status_update(incident=incident, **words)
    with pytest.raises(ValidationError, match="what was wrong"):
        post_status_update(incident=incident, corrects=first, **words)
    second = post_status_update(incident=incident, corrects=first, correction_reason="all cards", **words)
    assert first.correction == second
    with pytest.raises(ValidationError, match="corrected already"):
        post_status_update(incident=incident, corrects=first, correction_reason="again", **words)


def test_not_about_a_suspicion(suspected, words):
    with pytest.raises(ValidationError, match="Declare it first"):
        post_status_update(incident=suspected, **words)


def test_one_that_went_out_elsewhere_is_kept_as_it_was(incident, commander, ago, traces):
    seen = traces(incident)
    update = post_status_update(
        incident=incident,
        by=commander,
        audiences=["public"],
        wordings={"public": {"known": "We are looking."}},
        public_title="Checkout",
        published_at=ago(minutes=9),
        status=Status.FIXING,
    )
    assert (update.posted_at, update.status) == (seen.events[0].occurred_at, Status.FIXING)
    assert update.next_update_at is None
    assert (update.known, update.leaves_at) == ("We are looking.", update.posted_at)


def test_it_leaves_ten_seconds_later(incident, words):
    update = post_status_update(incident=incident, **words)
    assert update.leaves_at - update.posted_at == timedelta(seconds=10)
    assert OutboxMessage.objects.get(topic="status_update.posted").due_at == update.leaves_at
    assert not StatusUpdate.objects.out().exists()
    with time_machine.travel(update.leaves_at + timedelta(seconds=1)):
        assert list(StatusUpdate.objects.published()) == [update]


def test_words_for_somebody_not_chosen_are_not_kept(incident, words):
    update = post_status_update(incident=incident, **words | {"audiences": ["stakeholders"]})
    assert update.wordings == {}
    with pytest.raises(LookupError):
        update.text_for("public")


def test_it_cites_the_evidence_it_rests_on(incident, private_incident, commander, words):
    mine = attach_evidence(incident=incident, by=commander, kind="log", title="Errors", body="x")
    other = attach_evidence(incident=private_incident, by=commander, kind="log", title="Other", body="x")
    update = post_status_update(incident=incident, evidence=[mine, other], **words)
    assert list(update.evidence.all()) == [mine]


def test_a_correction_sent_twice_is_one(incident, words):
    first = post_status_update(incident=incident, **words)
    again = {"corrects": first, "correction_reason": "all cards", "form_token": uuid.uuid4()}
    second = post_status_update(incident=incident, **words, **again)
    assert post_status_update(incident=incident, **words, **again) == second


def test_stakeholder_is_refused(incident, stakeholder, words):
    with pytest.raises(PermissionDenied):
        post_status_update(incident=incident, **words | {"by": stakeholder})
