"""Open action items of the last retrospective of the same team and subject come first."""

from datetime import timedelta

import pytest

from accounts.models import Team
from action_items.models import ActionItem
from retros.models import Retrospective
from retros.workflow import open_retrospective

OPEN, DONE = "Zephyrquartz: shorten the build", "Write the runbook"


@pytest.fixture
def team(commander, responder):
    made = Team.objects.create(name="Payments")
    made.members.set([commander, responder])
    return made


def _started(by, title, days_ago, subject="sprint", **fields):
    made = open_retrospective(by=by, title=title, subject=subject, owner=by, **fields)
    Retrospective.objects.filter(pk=made.pk).update(created_at=made.created_at - timedelta(days=days_ago))
    made.refresh_from_db()
    return made


def _page(client, person, retrospective) -> str:
    client.force_login(person)
    return client.get(f"/retrospectives/{retrospective.pk}/actions/").content.decode()


def test_they_come_first(client, team, commander, responder):
    older = _started(responder, "Sprint 7", 28)
    ActionItem.objects.create(retrospective=older, title="From long ago")
    last = _started(responder, "Sprint 8", 14)
    item = ActionItem.objects.create(retrospective=last, title=OPEN)
    ActionItem.objects.create(retrospective=last, title=DONE, state="done")
    own = _started(commander, "Sprint 9", 0)
    ActionItem.objects.create(retrospective=own, title="A new one")
    page = _page(client, commander, own)
    assert page.index(OPEN) < page.index("A new one")
    assert item.get_absolute_url() in page
    assert last.get_absolute_url() in page
    assert DONE not in page
    assert "From long ago" not in page


def test_whoever_cannot_see_the_last_one_sees_nothing_of_it(client, team, commander, responder, outsider):
    _started(commander, "Sprint 7", 28)
    last = _started(commander, "Quillfeather", 14, is_private=True)
    ActionItem.objects.create(retrospective=last, title=OPEN)
    own = _started(commander, "Sprint 9", 0)
    assert OPEN in _page(client, commander, own)
    for person in (responder, outsider):
        page = _page(client, person, own)
        assert OPEN not in page
        assert "Quillfeather" not in page
        assert "Open from the last retrospective" not in page


def test_not_of_another_team_or_subject(client, team, commander, outsider):
    for made in (_started(outsider, "Theirs", 7), _started(commander, "Release 5", 7, subject="release")):
        ActionItem.objects.create(retrospective=made, title=OPEN)
    assert OPEN not in _page(client, commander, _started(commander, "Sprint 9", 0))


def test_not_in_the_retrospective_of_an_incident(client, retrospective, commander):
    earlier = _started(commander, "Sprint 8", 7)
    ActionItem.objects.create(retrospective=earlier, title=OPEN)
    assert OPEN not in _page(client, commander, retrospective)
