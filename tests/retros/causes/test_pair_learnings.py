"""Two cards into one group: which one, under which name, and by whom?"""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from retros.grouping import suggested_name
from retros.models import LearningGroup
from retros.workflow import (
    add_learning,
    add_learning_group,
    pair_learnings,
    reveal_learnings,
    start_retrospective,
)


@pytest.fixture
def retro(incident, commander):
    return start_retrospective(incident=incident, by=commander, owner=commander)


@pytest.fixture
def cards(retro, commander):
    texts = ("The runbook for checkout was wrong", "Nobody found the checkout runbook", "It was a Tuesday")
    made = [add_learning(retrospective=retro, by=commander, kind="hindered", text=text) for text in texts]
    reveal_learnings(retrospective=retro, by=commander)
    return made


def test_a_new_group_has_the_words_they_share(cards, commander):
    group = pair_learnings(learning=cards[1], other=cards[0], by=commander)
    assert group.name == "Runbook, checkout"
    assert set(group.learnings.all()) == set(cards[:2])


def test_into_the_group_of_the_other(retro, cards, commander):
    group = add_learning_group(retrospective=retro, by=commander, name="Paper", learnings=[cards[0]])
    assert pair_learnings(learning=cards[2], other=cards[0], by=commander) == group
    assert LearningGroup.objects.count() == 1
    assert group.learnings.count() == 2


def test_one_card_is_no_group(cards, commander):
    with pytest.raises(ValidationError):
        pair_learnings(learning=cards[0], other=cards[0], by=commander)
    assert not LearningGroup.objects.exists()


def test_only_who_writes(cards, stakeholder):
    with pytest.raises(PermissionDenied):
        pair_learnings(learning=cards[0], other=cards[1], by=stakeholder)


def test_by_the_button_of_the_card(client, retro, cards, commander):
    client.force_login(commander)
    page = f"/retrospectives/{retro.pk}/learnings/"
    assert "With “Nobody found the c" in client.get(page).content.decode()
    client.post(f"{page}{cards[0].pk}/pair/", {"other": cards[1].pk})
    assert LearningGroup.objects.get().learnings.count() == 2
    assert client.post(f"{page}{cards[0].pk}/pair/", {"other": "x"})["Location"] == page


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (["Alerts came late", "Late alerts again"], "Alerts, late"),
        (["One", "Two"], "One"),
        (["Zone by zone rollback kept wallets working", "Rollback was quick"], "Rollback"),
        ([], ""),
    ],
)
def test_names(db, texts, name):
    assert suggested_name(texts) == name
