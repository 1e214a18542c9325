"""Do the clients of Jira and Linear do what every tracker is asked?"""

from datetime import UTC, datetime, timedelta

import pytest

from trackers.face import Draft, Field, Problem, TrackerError
from trackers.translating import proposed_priorities, proposed_states

MARKER = "0d4f2c0e8f5c4d619a531f0f9a6e8f11"


def ago(**said):
    return datetime.now(UTC) - timedelta(**said)


@pytest.fixture
def draft(there, client):
    facts = client.project(there.project)
    return Draft(
        project=there.project,
        title="Alert on saturation",
        text=f"Why.\n\nAllclear: https://allclear.example.test/actions/3/?ticket={MARKER}",
        marker=MARKER,
        type=facts.types[0].pk if facts.types else "",
        labels=("reliability",),
        raw={Field.PRIORITY: there.priorities["P2"], Field.DUE: "2027-03-01", Field.OWNER: there.dana},
    )


def test_what_is_within_reach(there, client):
    found = client.look()
    assert found.account.name == "Allclear Bot"
    assert (there.project, "Payments") in [(row.pk, row.name) for row in found.projects]


def test_what_a_project_has(there, client):
    facts = client.project(there.project)
    assert (facts.name, facts.key) == ("Payments", "PAY")
    assert proposed_states(facts.states).sets == there.states
    priorities = proposed_priorities(facts.priorities)
    assert {name: priorities.sets[name] for name in there.priorities} == there.priorities
    dana = next(person for person in facts.people if person.pk == there.dana)
    assert (dana.name, dana.email) == ("Dana Example", "responder@example.test")
    assert "Sam Example" in {person.name for person in facts.people}


def test_create(there, client, draft):
    made = client.create(draft)
    assert made.raw == draft.raw | {Field.TITLE: "Alert on saturation", Field.STATE: there.states["open"]}
    assert made.names[Field.OWNER] == "Dana Example"
    assert (made.key, made.project) == ("PAY-1", there.project)
    assert MARKER in there.text(made.pk)
    assert client.get(made.pk, made.project) == made


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (Field.TITLE, "Alert earlier"),
        (Field.STATE, "in_progress"),
        (Field.STATE, "done"),
        (Field.STATE, "wont_do"),
        (Field.OWNER, "dana"),
        (Field.DUE, "2027-04-01"),
        (Field.PRIORITY, "P1"),
    ],
)
def test_each_field_is_set_and_no_other(there, client, field, value):
    raw = {
        Field.STATE: there.states.get(value, ""),
        Field.OWNER: there.dana,
        Field.PRIORITY: there.priorities.get(value, ""),
    }
    pk = there.add()
    before = client.get(pk, there.project)
    client.change(before, {field: raw.get(field, value)})
    after = client.get(pk, there.project)
    assert after.raw == before.raw | {field: raw.get(field, value)}
    change = after.changes[-1]
    assert (change.field, change.before, change.after) == (field, before.raw[field], after.raw[field])
    assert change.by.name == "Allclear Bot"


@pytest.mark.parametrize("field", [Field.OWNER, Field.DUE])
def test_what_is_emptied(there, client, field):
    pk = there.add(owner=there.dana, due_on="2027-04-01")
    client.change(client.get(pk, there.project), {field: ""})
    assert client.get(pk, there.project).raw[field] == ""


def test_many_fields_at_once(there, client):
    pk = there.add()
    said = {Field.TITLE: "Later", Field.STATE: there.states["done"], Field.DUE: "2027-04-01"}
    client.change(client.get(pk, there.project), said)
    assert client.get(pk, there.project).raw.items() >= said.items()


def test_what_people_changed(there, client):
    pk = there.add()
    there.edit(pk, title="One", due_on="2027-01-02")
    there.edit(pk, there.sam, due_on="", owner=there.dana)
    found = client.get(pk, there.project).changes
    assert {(one.field, one.before, one.after) for one in found} == {
        (Field.TITLE, "Something", "One"),
        (Field.DUE, "", "2027-01-02"),
        (Field.DUE, "2027-01-02", ""),
        (Field.OWNER, "", there.dana),
    }
    assert [one.after for one in found if one.field == Field.DUE] == ["2027-01-02", ""], "oldest first"
    assert {one.by.name for one in found} == {"Dana Example", "Sam Example"}
    assert len({(one.pk, one.field) for one in found}) == 4


def test_find_by_address_and_by_key(there, client):
    pk = there.add()
    address = there.address(pk)
    for said in (address, f" {address} ", "PAY-1", "pay-1"):
        assert client.find(said).pk == pk
    for wrong in ("https://elsewhere.example.test/browse/PAY-1", "http://[", "saturation", ""):
        with pytest.raises(TrackerError) as caught:
            client.find(wrong)
        assert caught.value.problem == Problem.REFUSED
    with pytest.raises(TrackerError) as caught:
        client.find("PAY-99")
    assert caught.value.problem == Problem.GONE


def test_find_one_by_its_marker(there, client, draft):
    for number in range(5):
        there.add(title=f"Other {number}", text="Text")
    assert client.find_marked(there.project, MARKER, ago(minutes=5)) is None
    made = client.create(draft)
    for number in range(5):
        there.add(title=f"Later {number}")
    assert client.find_marked(there.project, MARKER, ago(minutes=5)).pk == made.pk


def test_one_that_was_made_by_hand_with_the_marker_in_its_text(there, client):
    pk = there.add(text=f"See …?ticket={MARKER}")
    assert client.find_marked(there.project, MARKER, ago(minutes=5)).pk == pk


def test_which_ones_changed(there, client):
    pks = [there.add() for _ in range(5)]
    assert set(pks) >= set(client.changed_since(there.project, ago(minutes=5), pks[:3])) >= set(pks[:3])
    assert client.changed_since(there.project, ago(minutes=5), []) == []


def test_a_link_back_once(there, client):
    found = client.find(there.address(there.add()))
    for _ in range(2):
        client.add_backlink(found, "https://allclear.example.test/actions/3/", "Allclear AI-3")
    assert there.links(found.pk) == ["https://allclear.example.test/actions/3/"]


def test_one_that_is_deleted(there, client):
    pk = there.add()
    found = client.get(pk, there.project)
    there.delete(pk)
    with pytest.raises(TrackerError) as caught:
        client.get(pk, there.project)
    assert caught.value.problem == Problem.GONE
    with pytest.raises(TrackerError) as caught:
        client.find(found.key)
    assert caught.value.problem == Problem.GONE
