"""Are factors and learnings looked at while they are typed, and never held up?"""

import pytest
from django.urls import reverse

from retros.workflow import start_retrospective


@pytest.fixture
def own(incident, commander):
    return start_retrospective(incident=incident, by=commander, owner=commander)


def test_a_learning_that_looks_for_somebody_gets_a_question(client, commander, own):
    client.force_login(commander)
    answer = client.post(
        reverse("row_hints", args=[own.pk]), {"text": "It was human error."}
    ).content.decode()
    assert "human error" in answer
    assert "?" in answer


def test_an_innocent_one_gets_nothing(client, commander, own):
    client.force_login(commander)
    answer = client.post(reverse("row_hints", args=[own.pk]), {"text": "The disk failed to mount."})
    assert answer.content.decode().strip() == ""


def test_a_factor_too(client, commander, own):
    client.force_login(commander)
    answer = client.get(reverse("factor_suggestions", args=[own.pk]), {"text": "Operator was careless"})
    assert "careless" in answer.content.decode()


def test_it_is_kept_all_the_same(client, commander, own):
    client.force_login(commander)
    client.post(reverse("learnings", args=[own.pk]), {"kind": "hindered", "text": "It was human error."})
    assert own.learnings.get().text == "It was human error."


def test_not_for_those_who_cannot_write(client, stakeholder, own):
    client.force_login(stakeholder)
    assert client.post(reverse("row_hints", args=[own.pk]), {"text": "x"}).status_code == 404
