"""A row of the timeline that is dropped on a factor speaks for it, besides the rows that do."""

import pytest
from django.utils import timezone

from retros.workflow import add_entry, change_contributing_factor


@pytest.fixture
def rows(retro, commander):
    facts = {"retrospective": retro, "by": commander, "occurred_at": timezone.now()}
    return [add_entry(**facts, text=text) for text in ("Pool was full", "Rolled back")]


def test_one_row_more(client, retro, commander, add, rows, told):
    factor = add("No alert")
    change_contributing_factor(factor=factor, by=commander, entries=rows[:1])
    client.force_login(commander)
    page = f"{retro.get_absolute_url()}causes/{factor.pk}/evidence/"
    for _ in range(2):
        assert client.post(page, {"entry": rows[1].pk}).status_code == 302
    assert set(factor.entries.all()) == set(rows)
    assert told()[-2:] == ["factor.changed", "factor.changed"], "the second drop changed nothing"
    client.post(page, {"entry": 10**9})
    assert factor.entries.count() == 2


def test_rows_to_drag(client, retro, commander, stakeholder, add, rows):
    add("No alert")
    client.force_login(commander)
    page = f"{retro.get_absolute_url()}causes/"
    body = client.get(page).content.decode()
    assert "Evidence from the timeline" in body
    assert 'data-key="' in body
    assert "Pool was full" in client.get(f"{page}rows/", headers={"HX-Request": "true"}).content.decode()
    assert client.get(f"{page}rows/").status_code == 302


def test_others_add_none(client, retro, stakeholder, add, rows):
    factor = add("No alert")
    client.force_login(stakeholder)
    assert client.post(f"{retro.get_absolute_url()}causes/{factor.pk}/evidence/").status_code == 404
