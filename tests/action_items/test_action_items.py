"""Do the verbs of action items do what they say, refuse what they must, and leave their traces?"""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from action_items.models import ActionItem
from action_items.workflow import (
    add_action_item,
    answer_helped,
    bulk_change_action_items,
    change_action_item,
    complete_action_item,
    move_action_item,
    reopen_action_item,
    set_aside_action_item,
    start_action_item,
    verify_action_item,
    wont_do_action_item,
)
from audit import context
from audit.models import AuditEntry
from incidents.workflow import Conflict, FormUsed
from notifications.models import OutboxMessage
from retros.models import ContributingFactor, Factor, Learning
from retros.workflow import reveal_learnings, start_retrospective


@pytest.fixture
def retrospective(incident, commander):
    return start_retrospective(incident=incident, by=commander, owner=commander)


@pytest.fixture
def item(retrospective, commander, responder):
    return add_action_item(
        by=commander, title=" Alert on saturation ", retrospective=retrospective, owner=responder
    )


def topics(item) -> list[str]:
    return list(
        OutboxMessage.objects.filter(subject=f"action:{item.pk}")
        .order_by("created_at")
        .values_list("topic", flat=True)
    )


def actions(item) -> list[str]:
    return [e.action for e in AuditEntry.objects.of(item.chain).filter(subject=item.reference)]


def test_added_from_a_retrospective(item, retrospective, responder):
    assert (item.title, item.state, item.owner) == ("Alert on saturation", "open", responder)
    assert item.chain == retrospective.chain
    assert actions(item) == ["action_item.added"]
    assert topics(item) == ["action_item.added", "action_item.assigned"]


def test_added_from_a_factor_a_learning_an_incident_and_by_itself(retrospective, incident, commander):
    factor = ContributingFactor.objects.create(
        retrospective=retrospective, factor=Factor.objects.create(text="x", key="x"), text="x"
    )
    learning = Learning.objects.create(retrospective=retrospective, kind="lucky", text="y", author=commander)
    reveal_learnings(retrospective=retrospective, by=commander)
    learning.refresh_from_db()
    assert add_action_item(by=commander, title="a", factor=factor).retrospective == retrospective
    assert add_action_item(by=commander, title="b", learning=learning).retrospective == retrospective
    assert add_action_item(by=commander, title="c", incident=incident).chain == incident.chain
    alone = add_action_item(by=commander, title="d", owner=commander)
    assert alone.chain == f"action:{alone.pk}"
    assert topics(alone) == ["action_item.added"], "nobody is told what they did themselves"


def test_parts_of_another_retrospective_are_refused(item, commander, severity):
    from incidents.workflow import declare_incident

    other = start_retrospective(
        incident=declare_incident(by=commander, title="Other", severity=severity(2)), by=commander
    )
    factor = ContributingFactor.objects.create(
        retrospective=other, factor=Factor.objects.create(text="x", key="x"), text="x"
    )
    with pytest.raises(ValidationError):
        add_action_item(by=commander, title="x", retrospective=item.retrospective, factor=factor)
    with pytest.raises(ValidationError):
        change_action_item(item=item, by=commander, factor=factor)


def test_what_was_noted_in_silence_becomes_no_item(retrospective, commander, responder):
    learning = Learning.objects.create(retrospective=retrospective, kind="lucky", text="y", author=commander)
    for person in (responder, commander):  # its author too: others would read it in the item
        with pytest.raises(PermissionDenied):
            add_action_item(by=person, title="x", learning=learning)
    assert not ActionItem.objects.exists()


def test_the_same_form_twice_makes_one(retrospective, commander, responder):
    token = uuid4()
    first = add_action_item(by=commander, title="Once", retrospective=retrospective, form_token=token)
    assert add_action_item(by=commander, title="Once", retrospective=retrospective, form_token=token) == first
    with pytest.raises(FormUsed):
        add_action_item(by=responder, title="Once", retrospective=retrospective, form_token=token)
    assert ActionItem.objects.count() == 1


@pytest.mark.parametrize("title", ["", "   "])
def test_a_title_is_needed(commander, title):
    with pytest.raises(ValidationError):
        add_action_item(by=commander, title=title)


def test_changes_are_recorded_with_both_sides(item, commander, responder, admin):
    changed = change_action_item(
        item=item, by=commander, version=item.version, owner=admin, due_on=date(2026, 12, 1), title=item.title
    )
    assert (changed.owner, changed.due_on, changed.version) == (admin, date(2026, 12, 1), item.version + 1)
    entry = AuditEntry.objects.of(item.chain).last()
    assert entry.changes == {
        "owner": ["Responder Example", "Admin Example"],
        "due_on": ["", "2026-12-01"],
    }
    message = OutboxMessage.objects.filter(topic="action_item.assigned").latest("created_at")
    assert message.payload["recipients"] == [admin.pk]


def test_an_older_form_conflicts_and_nothing_changes(item, commander):
    change_action_item(item=item, by=commander, version=item.version, title="Newer")
    with pytest.raises(Conflict) as conflict:
        change_action_item(item=item, by=commander, version=item.version, title="Older")
    assert conflict.value.current.title == "Newer"
    assert ActionItem.objects.get().title == "Newer"


def test_the_same_again_changes_nothing(item, commander):
    assert change_action_item(item=item, by=commander, title=item.title).version == item.version
    assert actions(item) == ["action_item.added"]


def test_from_started_to_verified_to_helped(item, commander, responder):
    start_action_item(item=item, by=responder)
    set_aside_action_item(item=item, by=responder)
    start_action_item(item=item, by=responder)
    done = complete_action_item(item=item, by=responder)
    assert done.ask_helped_on == (done.done_at + timedelta(days=90)).date()
    verified = verify_action_item(item=item, by=commander, seen="It rang in the drill")
    assert (verified.verified_by, verified.is_self_verified) == (commander, False)
    early = answer_helped(item=item, by=responder, answer="too_early")
    assert early.ask_helped_on == (early.helped_at + timedelta(days=30)).date()
    final = answer_helped(item=item, by=responder, answer="yes", note="Twice in March")
    assert (final.helped, final.ask_helped_on, final.helped_note) == ("yes", None, "Twice in March")
    assert actions(item)[1:] == [
        f"action_item.{word}"
        for word in ("started", "set_aside", "started", "completed", "verified", "helped", "helped")
    ]


def test_verified_by_its_owner_shows(item, responder):
    complete_action_item(item=item, by=responder)
    assert verify_action_item(item=item, by=responder, seen="It rings").is_self_verified


def test_wont_do_needs_a_reason(item, commander):
    with pytest.raises(ValidationError) as refusal:
        wont_do_action_item(item=item, by=commander, reason=" ")
    assert list(refusal.value.message_dict) == ["reason"]
    assert wont_do_action_item(item=item, by=commander, reason="Replaced").wont_do_reason == "Replaced"


def test_reopened_it_is_as_if_not_done_and_the_trail_knows_it_was(item, commander, responder):
    complete_action_item(item=item, by=responder)
    verify_action_item(item=item, by=commander, seen="It rang")
    again = reopen_action_item(item=item, by=commander, reason="It stopped ringing")
    assert (again.state, again.done_at, again.verified_by, again.ask_helped_on) == ("open", None, None, None)
    entry = AuditEntry.objects.of(item.chain).last()
    assert entry.changes["verification_note"] == ["It rang", ""]
    assert entry.changes["reason"] == "It stopped ringing"


@pytest.mark.parametrize(
    ("verb", "more"),
    [
        (set_aside_action_item, {}),
        (verify_action_item, {"seen": "x"}),
        (reopen_action_item, {}),
        (answer_helped, {"answer": "yes"}),
    ],
)
def test_out_of_turn_is_refused_and_leaves_nothing(item, commander, verb, more):
    before = (actions(item), topics(item))
    with pytest.raises(ValidationError):
        verb(item=item, by=commander, **more)
    item.refresh_from_db()
    assert (item.state, actions(item), topics(item)) == ("open", *before)


def test_moved_by_the_fitting_verb(item, commander):
    assert move_action_item(item=item, by=commander, to="done").state == "done"
    assert move_action_item(item=item, by=commander, to="in_progress").state == "in_progress"
    with pytest.raises(ValidationError):
        move_action_item(item=item, by=commander, to="verified", seen="x")
    with pytest.raises(ValidationError):
        move_action_item(item=item, by=commander, to="nowhere")


def test_many_at_once_each_by_itself(item, commander, responder, outsider):
    other = add_action_item(by=commander, title="Other")
    complete_action_item(item=other, by=commander)
    result = bulk_change_action_items(
        items=[item, other], by=commander, owner=commander, state="wont_do", reason="Moved away"
    )
    assert [i.pk for i in result.changed] == [item.pk]
    assert [(i.pk, why) for i, why in result.refused] == [
        (other.pk, f"ACT-{other.pk} is done. Reopen it first.")
    ]
    other.refresh_from_db()
    assert other.owner is None, "what is refused stays as it is"


# -- who may ---------------------------------------------------------------------------------------------


def test_stakeholders_add_nothing_but_do_what_they_own(retrospective, commander, stakeholder):
    with pytest.raises(PermissionDenied):
        add_action_item(by=stakeholder, title="x", retrospective=retrospective)
    theirs = add_action_item(by=commander, title="x", retrospective=retrospective, owner=stakeholder)
    assert complete_action_item(item=theirs, by=stakeholder).state == "done"
    others = add_action_item(by=commander, title="y", retrospective=retrospective, owner=commander)
    with pytest.raises(PermissionDenied):
        complete_action_item(item=others, by=stakeholder)


def test_private_items_exist_for_those_on_it_and_their_owner(
    private_incident, commander, outsider, responder, admin
):
    hidden = start_retrospective(incident=private_incident, by=commander, owner=commander)
    of_retrospective = add_action_item(by=commander, title="a", retrospective=hidden, owner=responder)
    of_incident = add_action_item(by=commander, title="b", incident=private_incident)
    alone = add_action_item(by=commander, title="c")
    seen = {p: set(ActionItem.objects.visible_to(p)) for p in (commander, responder, outsider, admin)}
    assert seen[commander] == {of_retrospective, of_incident, alone}
    assert seen[responder] == {of_retrospective, alone}
    assert seen[outsider] == seen[admin] == {alone}
    with pytest.raises(PermissionDenied):
        change_action_item(item=of_incident, by=outsider, title="x")
    with pytest.raises(PermissionDenied):
        add_action_item(by=outsider, title="x", retrospective=hidden)
    by_owner = ActionItem.objects.with_sources(responder).get(pk=of_retrospective.pk)
    assert by_owner.is_source_open is False, "the item is theirs, what it came from is not"


def test_replayed_days_say_so(incident, commander):
    type(incident).objects.filter(pk=incident.pk).update(source="replay")
    incident.refresh_from_db()
    item = add_action_item(by=commander, title="x", incident=incident)
    assert OutboxMessage.objects.get(subject=f"action:{item.pk}").is_replayed


def test_the_clock_of_a_replay_is_the_clock_of_the_verb(commander):
    moment = timezone.now() - timedelta(days=40)
    with context.at(moment):
        item = complete_action_item(item=add_action_item(by=commander, title="x"), by=commander)
    assert (item.created_at, item.done_at, item.state_since) == (moment, moment, moment)
