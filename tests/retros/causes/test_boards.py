"""Do the pages of causes and learnings work as plain forms, with htmx, and within their number of queries?"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from retros.factor_tree import tree_of
from retros.models import Category, ContributingFactor, Learning, Level
from retros.workflow import (
    add_entry,
    add_learning,
    change_contributing_factor,
    remove_entry,
    reveal_learnings,
)

HTMX = {"HX-Request": "true"}


@pytest.fixture
def here(retro, client, commander):
    client.force_login(commander)
    return f"/retrospectives/{retro.pk}"


def test_without_javascript(here, client, tree):
    client.post(f"{here}/causes/new/", {"text": "The pool was small", "level": "systemic"})
    first = ContributingFactor.objects.get()
    answer = client.post(
        f"{here}/causes/new/?parent={first.pk}&ask=why", {"text": "Nobody measured it", "level": "proximate"}
    )
    second = ContributingFactor.objects.get(parent=first)
    assert answer.url == f"{here}/causes/?at={second.pk}#row-{second.pk}"
    client.post(f"{here}/causes/{second.pk}/place/", {"step": "out"})
    client.post(f"{here}/causes/{second.pk}/place/", {"step": "up"})
    assert tree() == [("Nobody measured it", []), ("The pool was small", [])]
    client.post(f"{here}/causes/{second.pk}/place/", {"parent": first.pk})
    client.post(
        f"{here}/causes/{second.pk}/",
        {"text": "It was not measured", "level": "proximate", "category": "Process", "version": 0},
    )
    client.post(f"{here}/causes/{first.pk}/removal/")
    assert tree() == [("It was not measured", [])]
    client.post(f"{here}/causes/undo/")
    assert tree() == [("The pool was small", [("It was not measured", [])])]
    for view in ("tree", "fishbone"):
        page = client.get(f"{here}/causes/?view={view}").content.decode()
        assert page.count("It was not measured") >= 5, "three sizes of the figure, the table, the outline"


def test_the_page_keeps_the_order_of_the_tree(here, client, add, retro):
    first, second, third = add("a"), add("b"), add("c", position=0)
    shown = [node.pk for node in tree_of(retro, None).nodes]
    assert shown == [third.pk, first.pk, second.pk]
    client.post(f"{here}/causes/{second.pk}/place/", {"step": "up"})
    page = client.get(f"{here}/causes/").content.decode()
    places = [page.index(f'data-node="{one.pk}"') for one in (third, second, first)]
    assert places == sorted(places)


def test_a_stale_form_shows_both(here, client, add, responder):
    one = add("a")
    change_contributing_factor(factor=one, by=responder, text="Their words")
    answer = client.post(f"{here}/causes/{one.pk}/", {"text": "My words", "level": "proximate", "version": 0})
    content = answer.content.decode()
    assert answer.status_code == 409
    assert "Their words" in content
    assert "My words" in content


def test_htmx_gets_the_board_back(here, client, add):
    one = add("a")
    answer = client.post(f"{here}/causes/{one.pk}/removal/", headers=HTMX)
    assert answer.headers["HX-Retarget"] == "#causes-box"
    assert "Removed “a”." in answer.headers["HX-Trigger"].encode().decode("unicode_escape")
    assert "<html" not in answer.content.decode()
    refused = client.post(f"{here}/causes/undo/", headers=HTMX)
    assert refused.status_code == 200
    assert ContributingFactor.objects.exists()


def test_other_retrospectives_factors_are_not_there(here, client, add):
    assert client.get(f"{here}/causes/999999/").status_code == 404
    assert client.get(f"{here}/causes/new/?parent=999999").status_code == 404


def test_readers_are_offered_nothing_to_change(retro, add, client, stakeholder):
    add("a")
    type(retro).objects.update(status="published")
    client.force_login(stakeholder)
    page = client.get(f"/retrospectives/{retro.pk}/causes/").content.decode()
    assert "causes/new/" not in page
    assert "removal" not in page


def test_learnings_without_javascript(here, client, retro, commander):
    client.post(f"{here}/learnings/", {"kind": "helped", "text": "The drill"})
    one = Learning.objects.get()
    client.post(f"{here}/learnings/reveal/")
    client.post(f"{here}/learnings/groups/?with={one.pk}", {"name": "Practice"})
    client.post(f"{here}/learnings/{one.pk}/dots/")
    one.refresh_from_db()
    assert (one.group.name, one.votes.get().dots) == ("Practice", 1)
    client.post(f"{here}/learnings/{one.pk}/place/", {"group": ""})
    client.post(f"{here}/learnings/{one.pk}/dots/removal/")
    client.post(f"{here}/learnings/groups/{one.group.pk}/", {"name": "Drills"})
    client.post(f"{here}/learnings/{one.pk}/", {"kind": "lucky", "text": "The drill", "version": 0})
    page = client.get(f"{here}/learnings/?order=votes").content.decode()
    assert "Drills" in page
    one.refresh_from_db()
    assert (one.group, one.kind, one.votes.exists()) == (None, "lucky", False)
    client.post(f"{here}/learnings/groups/{retro.learning_groups.get().pk}/removal/")
    client.post(f"{here}/learnings/{one.pk}/removal/")
    assert not Learning.objects.exists()


def test_an_empty_learning_is_said(here, client):
    answer = client.post(f"{here}/learnings/", {"kind": "helped", "text": ""}, headers=HTMX)
    assert answer.status_code == 422
    assert "This field is required" in answer.content.decode()


def _queries(client, address: str) -> list[str]:
    client.get("/")
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return [query["sql"][:140] for query in queries if "SAVEPOINT" not in query["sql"]]


@pytest.mark.parametrize("view", ["tree", "fishbone"])
def test_sixty_factors_in_at_most_sixteen_queries(here, client, add, view):
    nodes = [None]
    for number in range(60):
        nodes.append(
            add(
                f"Condition {number}",
                nodes[number // 3],
                category=Category.values[number % 5],
                level=Level.values[number % 2],
            )
        )
    queries = _queries(client, f"{here}/causes/?view={view}&all=1")
    assert len(queries) <= 16, queries


def test_forty_learnings_in_at_most_sixteen_queries(here, client, retro, commander):
    for number in range(40):
        add_learning(retrospective=retro, by=commander, kind="helped", text=f"Learning {number}")
    reveal_learnings(retrospective=retro, by=commander)
    queries = _queries(client, f"{here}/learnings/")
    assert len(queries) <= 16, queries


@pytest.fixture
def rows(retro, commander):
    now = timezone.now()
    return [
        add_entry(retrospective=retro, by=commander, text=text, occurred_at=now) for text in ("kept", "gone")
    ]


def test_rows_to_link_come_when_they_are_asked_for(here, client, rows):
    def shown(query="", **headers):
        return "kept" in client.get(f"{here}/learnings/{query}", headers=headers).content.decode()

    assert not shown()
    assert not shown(**HTMX)
    assert shown("?rows=1"), "without a script"
    assert shown(**HTMX, **{"HX-Target": "rows-to-link"})
    answer = client.post(f"{here}/learnings/", {"kind": "helped", "text": "", "entries": [rows[0].pk]})
    assert f'value="{rows[0].pk}" selected' in answer.content.decode(), "what was chosen stays"


def test_a_removed_row_is_linked_to_nothing(here, client, retro, add, rows, commander):
    one = add_learning(retrospective=retro, by=commander, kind="helped", text="The drill", entries=rows)
    factor = add("No drill")
    change_contributing_factor(factor=factor, by=commander, entries=rows)
    remove_entry(entry=rows[1], by=commander)
    page = client.get(f"{here}/learnings/").content.decode()
    assert "kept" in page
    assert "gone" not in page
    assert retro.factors.with_evidence().get().evidence_count == 1
    assert one.entries.count() == 2, "it comes back with the row"


@pytest.mark.parametrize("odd", ["²", "x", "", "9" * 30])
def test_an_odd_learning_in_the_address_is_none(here, client, odd):
    assert client.get(f"{here}/learnings/groups/", {"with": odd}).status_code == 200
