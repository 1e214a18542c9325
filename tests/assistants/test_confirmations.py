"""Does a tool act only after a preview, only as previewed, and only once?"""

import time
from datetime import timedelta

import pytest
from django.core import signing
from django.utils import timezone

from accounts.workflow import create_token
from action_items.models import ActionItem
from assistants.confirmations import SALT, NotConfirmed, confirmation_of, use
from audit.models import AuditEntry
from incidents.models import Incident, MitigationState
from incidents.workflow import add_task, record_mitigation
from notifications.models import OutboxMessage

TITLE = "Checkout fails"


def test_a_preview_changes_nothing(assistant):
    before = AuditEntry.objects.count(), OutboxMessage.objects.count()
    told = assistant("declare_incident", title=TITLE, severity="SEV2")
    assert (told["done"], told["data"]["would_give"]["title"]) == (False, TITLE)
    assert TITLE in told["data"]["preview"]
    assert not Incident.objects.exists()
    assert (AuditEntry.objects.count(), OutboxMessage.objects.count()) == before


def test_with_its_confirmation_it_acts_under_the_name_of_the_token(assistant, commander):
    told = assistant.agreed("declare_incident", title=TITLE, severity="SEV2")
    assert told["done"]
    incident = Incident.objects.get()
    assert (incident.title, incident.reported_by) == (TITLE, commander)
    assert AuditEntry.objects.filter(origin__startswith="assistant ", actor=commander).exists()


def test_a_confirmation_is_used_once(assistant, incident):
    said = {"incident": incident.reference, "text": "Restarted the queue"}
    confirmation = assistant("add_note", **said)["confirmation"]
    assert assistant("add_note", **said, confirmation=confirmation)["done"]
    told = assistant("add_note", **said, confirmation=confirmation)
    assert "used already" in told["error"]
    assert incident.timeline.filter(text="Restarted the queue").count() == 1


def test_it_does_not_fit_other_arguments_tools_and_tokens(assistant, assistant_of, commander, incident):
    said = {"incident": incident.reference, "text": "One"}
    confirmation = assistant("add_note", **said)["confirmation"]
    for asked, tool, arguments in (
        (assistant, "add_note", said | {"text": "Two"}),
        (assistant, "raise_hypothesis", {"incident": incident.reference, "claim": "One"}),
        (assistant_of(commander), "add_note", said),
    ):
        told = asked(tool, **arguments, confirmation=confirmation)
        assert "another preview" in told["error"]
    assert not incident.timeline.filter(text__in=["One", "Two"]).exists()


@pytest.mark.parametrize(
    "written",
    ["x", "a:b:c", signing.dumps([1, 2], salt="another")],
    ids=["a word", "three words", "signed for something else"],
)
def test_what_was_not_signed_here_is_refused(assistant, incident, written):
    told = assistant("add_note", incident=incident.reference, text="x", confirmation=written)
    assert told["status"] == 409


class SignedBefore(signing.TimestampSigner):
    def timestamp(self):
        return signing.b62_encode(int(time.time()) - 11 * 60)


def test_it_ends_after_ten_minutes(commander):
    token, _ = create_token(by=commander, name="x", scopes=["incidents:write"])
    said = signing.loads(confirmation_of(token, "add_note", {}), salt=SALT)
    old = SignedBefore(salt=SALT).sign_object(said)
    with pytest.raises(NotConfirmed, match="10 minutes"):
        use(old, token, "add_note", {})


@pytest.mark.parametrize("audience", ["public", "executives"])
def test_nothing_is_published_to_customers(assistant, incident, audience):
    said = {"incident": incident.reference, "audiences": ["responders", audience], "known": "x"}
    told = assistant("post_status_update", **said)
    assert told["fields"][0]["field"] == "/audiences"
    told = assistant("post_status_update", **said | {"audiences": ["responders"]}, public_title="x")
    assert told["fields"][0]["field"] == "/public_title"
    assert not incident.status_updates.exists()


def test_an_update_goes_to_responders(assistant, incident):
    told = assistant.agreed(
        "post_status_update",
        incident=incident.reference,
        audiences=["responders"],
        known="Payments fail.",
        unknown="Why.",
        doing="Rolling back.",
        next_update_at=(timezone.now() + timedelta(minutes=30)).isoformat(),
    )
    assert told.get("done"), told
    assert incident.status_updates.get().audiences == ["responders"]


def test_a_mitigation_moves_and_a_task_is_done(assistant, incident, commander):
    mitigation = record_mitigation(incident=incident, by=commander, text="Roll back")
    task = add_task(incident=incident, by=commander, title="Call the bank")
    reference = incident.reference
    assistant.agreed("move_mitigation", incident=reference, mitigation=mitigation.pk, state="applying")
    assistant.agreed("complete_task", incident=reference, task=task.pk, done=True)
    mitigation.refresh_from_db()
    task.refresh_from_db()
    assert (mitigation.state, bool(task.done_at)) == (MitigationState.APPLYING, True)


def test_an_action_item_is_added(assistant, incident):
    told = assistant.agreed("add_action_item", title="Alert on the queue", incident=incident.reference)
    assert told.get("done"), told
    assert ActionItem.objects.get().title == "Alert on the queue"


def test_what_the_verb_refuses_is_refused_before_the_question(assistant_of, stakeholder, incident):
    assistant = assistant_of(stakeholder)
    told = assistant("add_note", incident=incident.reference, text="x")
    assert (told["status"], "confirmation" in told) == (403, False)


def test_declaring_sets_no_state_that_status_pages_show(assistant):
    told = assistant("declare_incident", title=TITLE, severity="SEV1", services=["payments"])
    assert told["fields"][0]["field"] == "/services"


def test_the_preview_says_who_takes_command(assistant):
    by_default = assistant("declare_incident", title=TITLE, severity="SEV2")["data"]
    assert "You take command." in by_default["preview"]
    assert by_default["would_give"]["commander"]
    without = assistant("declare_incident", title=TITLE, severity="SEV2", takes_command=False)["data"]
    assert "Nobody takes command." in without["preview"]
