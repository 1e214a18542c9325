"""Learnings: silent until revealed, then grouped and weighed."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit.models import AuditEntry
from notifications.models import OutboxMessage
from retros.models import Learning, LearningVote, Participant, Retrospective, RetrospectiveSettings
from retros.workflow import (
    add_learning,
    add_learning_group,
    change_learning,
    close_voting,
    dissolve_learning_group,
    give_dot,
    move_learning,
    rename_learning_group,
    reveal_learnings,
    take_back_dot,
    withdraw_learning,
)
from retros.workflow.learnings import DOTS, dots_given

SECRET = "Zephyrquartz: nobody dared to say it"


@pytest.fixture
def secret(retro, responder):
    return add_learning(retrospective=retro, by=responder, kind="surprised", text=SECRET)


@pytest.fixture
def revealed(secret, retro, commander):
    reveal_learnings(retrospective=retro, by=commander)
    secret.refresh_from_db()
    return secret


def test_nobody_else_reads_it_before_the_reveal(retro, secret, responder, commander, admin, outsider, client):
    change_learning(learning=secret, by=responder, text=SECRET + "!")
    Retrospective.objects.filter(pk=retro.pk).update(facilitator=admin)
    addresses = [
        f"/retrospectives/{retro.pk}/",
        f"/retrospectives/{retro.pk}/learnings/",
        f"/retrospectives/{retro.pk}/learnings/?order=votes",
        f"/retrospectives/{retro.pk}/learnings/{secret.pk}/",
        f"/retrospectives/{retro.pk}/learnings/groups/?with={secret.pk}",
        f"/retrospectives/{retro.pk}/causes/",
    ]
    for person in (commander, admin, outsider):
        client.force_login(person)
        for address in addresses:
            for headers in ({}, {"HX-Request": "true"}):
                assert b"Zephyrquartz" not in client.get(address, headers=headers).content, (person, address)
        for part in ("removal", "dots", "place"):
            assert client.post(f"{addresses[3]}{part}/").status_code == 404
    assert "1 by 1 person" in client.get(addresses[1]).content.decode()
    client.force_login(responder)
    assert b"Zephyrquartz" in client.get(addresses[1]).content


def test_no_record_holds_its_words_before_the_reveal(retro, secret, responder):
    change_learning(learning=secret, by=responder, text=SECRET + "!", kind="lucky")
    withdraw_learning(learning=secret, by=responder)
    kept = list(AuditEntry.objects.filter(chain=retro.chain).values_list("changes", flat=True))
    kept += list(OutboxMessage.objects.values_list("payload", flat=True))
    assert kept
    assert "Zephyrquartz" not in str(kept)
    assert "lucky" not in str(kept)


def test_only_its_author_changes_it(retro, secret, commander):
    for verb in (change_learning, withdraw_learning):
        with pytest.raises(PermissionDenied):
            verb(learning=secret, by=commander)
    assert Learning.objects.get().text == SECRET


def test_nothing_is_weighed_or_grouped_before(retro, secret, commander):
    with pytest.raises(ValidationError, match="revealed"):
        give_dot(learning=secret, by=commander)
    with pytest.raises(ValidationError, match="revealed"):
        add_learning_group(retrospective=retro, by=commander, name="x", learnings=[secret])


def test_who_reveals(retro, secret, responder, commander, outsider):
    for person in (responder, outsider):
        with pytest.raises(PermissionDenied):
            reveal_learnings(retrospective=retro, by=person)
    reveal_learnings(retrospective=retro, by=commander)
    assert Learning.objects.readable_by(outsider).get() == secret
    with pytest.raises(ValidationError, match="already"):
        reveal_learnings(retrospective=retro, by=commander)


def test_nothing_to_reveal(retro, commander):
    with pytest.raises(ValidationError, match="Nobody"):
        reveal_learnings(retrospective=retro, by=commander)


def test_once_revealed_the_facilitator_tidies(retro, revealed, commander):
    change_learning(learning=revealed, by=commander, text="Shorter")
    assert AuditEntry.objects.filter(action="learning.changed").get().changes["text"] == [SECRET, "Shorter"]


@pytest.mark.parametrize(("kind", "text"), [("nice", "x"), ("helped", "  "), ("helped", "x" * 2001)])
def test_what_is_refused(retro, commander, kind, text):
    with pytest.raises(ValidationError):
        add_learning(retrospective=retro, by=commander, kind=kind, text=text)


def test_a_stakeholder_who_takes_part_writes(retro, stakeholder):
    with pytest.raises(PermissionDenied):
        add_learning(retrospective=retro, by=stakeholder, kind="helped", text="x")
    Participant.objects.create(retrospective=retro, user=stakeholder)
    assert add_learning(retrospective=retro, by=stakeholder, kind="helped", text="x").author == stakeholder


def test_five_dots(retro, revealed, responder, commander):
    for _ in range(DOTS):
        give_dot(learning=revealed, by=responder)
    with pytest.raises(ValidationError, match="all 5"):
        give_dot(learning=revealed, by=responder)
    give_dot(learning=revealed, by=commander)
    take_back_dot(learning=revealed, by=commander)
    with pytest.raises(ValidationError, match="None of your dots"):
        take_back_dot(learning=revealed, by=commander)
    take_back_dot(learning=revealed, by=responder)
    assert (dots_given(retro, responder), LearningVote.objects.get().dots) == (4, 4)


def test_while_voting_is_open_nobody_sees_the_dots_of_others(client, retro, revealed, responder, commander):
    """Neither the page nor a message to open pages says that somebody has voted."""
    page = f"/retrospectives/{retro.pk}/learnings/"
    client.force_login(commander)
    sent = OutboxMessage.objects.count()
    seen = {client.get(page).context["learnings"][0].weight}
    give_dot(learning=revealed, by=responder)
    seen.add(client.get(page).context["learnings"][0].weight)
    assert (seen, OutboxMessage.objects.count()) == ({0}, sent)
    give_dot(learning=revealed, by=commander)
    assert client.get(page).context["learnings"][0].weight == 1
    with pytest.raises(PermissionDenied):
        close_voting(retrospective=retro, by=responder)
    client.post(page + "voting/")
    assert client.get(page).context["learnings"][0].weight == 2
    assert OutboxMessage.objects.filter(topic="learnings.voting_closed").exists()
    with pytest.raises(ValidationError, match="closed"):
        take_back_dot(learning=revealed, by=commander)


def test_an_installation_may_show_dots_as_they_are_given(client, retro, revealed, responder, commander):
    RetrospectiveSettings.objects.create(pk=1, hides_dots=False)
    give_dot(learning=revealed, by=responder)
    client.force_login(commander)
    assert client.get(f"/retrospectives/{retro.pk}/learnings/").context["learnings"][0].weight == 1


def test_groups(retro, revealed, commander, responder):
    group = add_learning_group(retrospective=retro, by=responder, name=" Saying  it ", learnings=[revealed])
    revealed.refresh_from_db()
    assert (group.name, revealed.group) == ("Saying it", group)
    rename_learning_group(group=group, by=commander, name="Speaking up")
    move_learning(learning=revealed, by=commander)
    revealed.refresh_from_db()
    assert revealed.group is None
    move_learning(learning=revealed, by=commander, group=group)
    give_dot(learning=revealed, by=commander)
    dissolve_learning_group(group=group, by=commander)
    revealed.refresh_from_db()
    assert (revealed.group, revealed.votes.get().dots) == (None, 1)


def test_not_once_published(retro, revealed, commander):
    Retrospective.objects.update(status="published")
    with pytest.raises(ValidationError, match="published"):
        give_dot(learning=revealed, by=commander)
