"""Three fields start a retrospective of a release, a sprint or a project."""

from uuid import uuid4

import pytest

from retros.models import Retrospective, RetrospectiveFormat
from retros.workflow import open_retrospective
from subscribers.models import Notice

NEW = "/retrospectives/new/"


@pytest.fixture
def fields(responder, stakeholder):
    chosen = RetrospectiveFormat.objects.get(name="4Ls").pk
    return {
        "subject": "sprint", "title": "Sprint 9", "format": chosen, "people": [responder.pk, stakeholder.pk],
        "form_token": uuid4(),
    }  # fmt: skip


@pytest.mark.parametrize("subject", ["release", "sprint", "project"])
def test_the_form_asks_three_things(client, commander, responder, subject):
    client.force_login(commander)
    page = client.get(f"{NEW}?subject={subject}").content.decode()
    assert "Start, stop, continue" in page
    assert str(responder) in page
    assert 'name="scope"' not in page
    assert 'name="incidents"' not in page


def test_it_starts(client, commander, responder, stakeholder, fields):
    client.force_login(commander)
    answer = client.post(NEW, fields)
    made = Retrospective.objects.get()
    assert answer.url == made.get_absolute_url()
    assert (made.title, made.subject, made.owner, made.format.name) == (
        "Sprint 9", "sprint", commander, "4Ls"
    )  # fmt: skip
    assert set(made.participants.values_list("user", flat=True)) == {responder.pk, stakeholder.pk}
    assert [c.name for c in made.columns_shown] == ["Liked", "Learned", "Lacked", "Longed for"]
    assert client.post(NEW, fields).url == made.get_absolute_url()
    assert Retrospective.objects.count() == 1


def test_what_is_missing_is_named(client, commander, fields):
    client.force_login(commander)
    page = client.post(NEW, fields | {"title": "", "format": "999999"})
    assert "There is no “999999” to choose" in page.text
    assert not Retrospective.objects.exists()


def test_a_stakeholder_starts_none(client, stakeholder, fields):
    client.force_login(stakeholder)
    assert client.post(NEW, fields).status_code == 403
    assert not Retrospective.objects.exists()
    assert not Notice.objects.exists()


def test_an_incident_has_no_format(incident, commander):
    chosen = RetrospectiveFormat.objects.get(name="4Ls")
    made = open_retrospective(by=commander, title="x", incidents=[incident], format=chosen)
    assert (made.format, made.columns) == (None, [])
