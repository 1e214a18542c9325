"""The pages of action items: what they show, to whom, and what comes of their forms."""

import csv
import io
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Team
from action_items.models import ActionItem
from action_items.workflow import (
    add_action_item,
    change_action_item,
    complete_action_item,
    wont_do_action_item,
)
from incidents.models import Service
from incidents.workflow import set_service_impact
from retros.models import ContributingFactor, Factor, Learning
from retros.workflow import reveal_learnings, start_retrospective

CANARY = "Zephyrquartz"


@pytest.fixture
def retrospective(incident, commander):
    return start_retrospective(incident=incident, by=commander, owner=commander)


@pytest.fixture
def add(commander):
    def run(title="Alert on saturation", days=None, **fields):
        due_on = timezone.localdate() + timedelta(days=days) if days is not None else None
        return add_action_item(by=commander, title=title, due_on=due_on, **fields)

    return run


@pytest.fixture
def hidden(private_incident, commander, responder):
    """An item of a private retrospective, owned by a responder who is not on it."""
    private = start_retrospective(incident=private_incident, by=commander, owner=commander)
    factor = ContributingFactor.objects.create(
        retrospective=private, factor=Factor.objects.create(text=CANARY, key="z"), text=CANARY
    )
    return add_action_item(
        by=commander, title="A quiet thing", retrospective=private, factor=factor, owner=responder
    )


def text(response) -> str:
    return response.content.decode()


def test_grouped_by_when_they_are_due(client, commander, add):
    client.force_login(commander)
    add("Late", days=-2)
    add("Now", days=0)
    add("Soon", days=6)
    add("In a week", days=7)
    add("Far", days=60)
    add("Some day")
    complete_action_item(item=add("Over", days=3), by=commander)
    groups = client.get("/actions/").context["groups"]
    assert [(name, [i.title for i in items]) for _, name, _, items in groups] == [
        ("Overdue", ["Late"]),
        ("Next 7 days", ["Now", "Soon"]),
        ("Later", ["In a week", "Far"]),
        ("No date", ["Some day"]),
    ]
    everything = client.get("/actions/?state=").context["groups"]
    assert everything[-1][1:3] == ("Done", 1)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("owner=me", {"mine"}),
        ("owner=nobody", {"nobody's", "of the incident"}),
        ("team={team}", {"mine"}),
        ("priority=P1", {"nobody's"}),
        ("category=process", {"nobody's"}),
        ("state=wont_do", {"given up"}),
        ("state=", {"mine", "nobody's", "of the incident", "given up"}),
        ("service={service}", {"of the incident"}),
        ("q=nobo", {"nobody's"}),
        ("q=ACT-{mine}", {"mine"}),
        ("q=@comman", {"mine"}),
        ("q={reference}", {"of the incident"}),
        ("q=%25_%5C", set()),
        ("sort=owner", {"mine", "nobody's", "of the incident"}),
        ("sort=nonsense&page=99", {"mine", "nobody's", "of the incident"}),
    ],
)
def test_narrowed_by_the_address(client, commander, add, incident, query, found):
    client.force_login(commander)
    team = Team.objects.create(name="Payments", slug="payments")
    service = Service.objects.create(name="gateway", slug="gateway")
    set_service_impact(incident=incident, service=service, impact="degraded", by=commander)
    mine = add("mine", owner=commander, team=team)
    add("nobody's", priority="P1", category="process")
    add("of the incident", incident=incident)
    wont_do_action_item(item=add("given up", owner=commander), by=commander, reason="x")
    names = {
        "team": team.pk, "service": service.pk, "mine": mine.pk, "reference": incident.reference,
    }  # fmt: skip
    for page in ("/actions/", "/actions/export/"):
        response = client.get(f"{page}?{query.format(**names)}")
        if page == "/actions/":
            assert {i.title for _, _, _, items in response.context["groups"] for i in items} == found
        else:
            assert {row["title"] for row in csv.DictReader(io.StringIO(text(response)))} == found


def test_private_ones_are_nowhere_but_with_those_on_it(client, hidden, outsider, admin, stakeholder):
    for person in (outsider, admin, stakeholder):
        client.force_login(person)
        for page in ("/actions/", "/actions/board/", "/actions/export/", "/", "/palette?q=quiet"):
            shown = text(client.get(page))
            assert "A quiet thing" not in shown, page
            assert CANARY not in shown, page
        for part in ("", "details/", "state/?to=done", "helped/"):
            assert client.get(f"/actions/{hidden.pk}/{part}").status_code == 404
        answer = client.post("/actions/bulk/", {"item": hidden.pk, "change": "owner", "owner": ""})
        assert answer.status_code == 302
    hidden.refresh_from_db()
    assert hidden.owner is not None


def test_an_owner_sees_the_item_and_nothing_of_where_it_comes_from(client, hidden, responder, commander):
    factor = hidden.factor
    for other in (None, factor):  # so that the trail names it
        change_action_item(item=hidden, by=commander, factor=other)
    client.force_login(responder)
    for page in ("/actions/", "/actions/board/", "/actions/export/", "/", hidden.get_absolute_url()):
        shown = text(client.get(page))
        assert "A quiet thing" in shown, page
        assert CANARY not in shown, page
        assert not re.search(rf"{hidden.retrospective.incident.reference}(?!\d)", shown), page
    assert CANARY not in text(client.get(f"/actions/{hidden.pk}/details/"))
    assert client.get(f"/retrospectives/{hidden.retrospective_id}/actions/").status_code == 404
    assert client.post(f"/actions/{hidden.pk}/state/", {"to": "done"}).status_code == 302
    hidden.refresh_from_db()
    assert hidden.state == "done"


def test_editing_without_the_factor_in_reach_keeps_it(client, hidden, responder):
    client.force_login(responder)
    data = {"title": "A loud thing", "priority": "P1", "category": "code", "version": hidden.version,
            "owner": responder.pk}  # fmt: skip
    assert client.post(f"/actions/{hidden.pk}/details/", data).status_code == 302
    hidden.refresh_from_db()
    assert (hidden.title, hidden.factor.text) == ("A loud thing", CANARY)


def test_the_service_of_a_private_incident_finds_nothing_for_an_owner_elsewhere(
    client, hidden, responder, commander
):
    service = Service.objects.create(name="gateway", slug="gateway")
    incident = hidden.retrospective.incident
    set_service_impact(incident=incident, service=service, impact="degraded", by=commander)
    for person, found in ((commander, True), (responder, False)):
        client.force_login(person)
        assert ("A quiet thing" in text(client.get(f"/actions/?service={service.pk}"))) is found


def test_the_board_counts_and_shows_every_state(client, commander, add):
    items = [add(f"Late {n}", days=-5) for n in range(310)]
    ActionItem.objects.filter(pk__in=[item.pk for item in items]).update(state="in_progress")
    add("Some day")
    complete_action_item(item=add("Over"), by=commander)
    client.force_login(commander)
    columns = client.get("/actions/board/").context["columns"]
    assert {state: (len(shown), size) for state, _, shown, size in columns} == {
        "open": (1, 1), "in_progress": (20, 310), "done": (1, 1), "verified": (0, 0), "wont_do": (0, 0),
    }  # fmt: skip


def test_csv_runs_no_formula(client, commander, add):
    add('=HYPERLINK("https://example.test")', verification="+1")
    client.force_login(commander)
    [row] = csv.DictReader(io.StringIO(text(client.get("/actions/export/"))))
    assert row["title"].startswith("'=")
    assert row["verification"] == "'+1"


def test_added_from_a_factor(client, commander, retrospective):
    factor = ContributingFactor.objects.create(
        retrospective=retrospective, factor=Factor.objects.create(text="x", key="x"), text="Mute had no end"
    )
    client.force_login(commander)
    assert "Mute had no end" in text(client.get(f"/retrospectives/{retrospective.pk}/actions/"))
    address = reverse("action_new", args=[retrospective.pk]) + f"?factor={factor.pk}"
    form = client.get(address).context["form"]
    assert form.initial["factor"] == factor.pk
    data = {"title": "End every mute", "priority": "P1", "category": "tooling", "factor": factor.pk,
            "form_token": uuid4()}  # fmt: skip
    for _ in range(2):
        assert client.post(address, data).status_code == 302
    item = ActionItem.objects.get()
    assert (item.factor, item.retrospective) == (factor, retrospective)


def test_what_others_noted_is_not_shown_before_it_is_revealed(client, commander, responder, retrospective):
    learning = Learning.objects.create(
        retrospective=retrospective, kind="lucky", text=CANARY, author=commander
    )
    address = reverse("action_new", args=[retrospective.pk]) + f"?learning={learning.pk}"
    item = add_action_item(by=commander, title="x", retrospective=retrospective)
    ActionItem.objects.filter(pk=item.pk).update(learning=learning)
    client.force_login(responder)
    for page in (address, item.get_absolute_url()):
        assert CANARY not in text(client.get(page))
    reveal_learnings(retrospective=retrospective, by=commander)
    for page in (address, item.get_absolute_url()):
        assert CANARY in text(client.get(page))


def test_a_stale_form_keeps_both_texts(client, commander, add):
    item = add("First")
    client.force_login(commander)
    change_action_item(item=item, by=commander, title="Meanwhile")
    data = {"title": "Mine", "priority": "P2", "category": "code", "version": item.version}
    response = client.post(f"/actions/{item.pk}/details/", data)
    assert response.status_code == 409
    assert "Meanwhile" in text(response)
    assert 'value="Mine"' in text(response)
    item.refresh_from_db()
    assert item.title == "Meanwhile"


def test_wont_do_asks_first_and_a_plain_step_does_not(client, commander, add):
    item = add()
    client.force_login(commander)
    response = client.post(f"/actions/{item.pk}/state/", {"to": "wont_do"})
    assert response.status_code == 200
    assert "Why will it not be done?" in text(response)
    assert client.post(f"/actions/{item.pk}/state/", {"to": "in_progress"}).status_code == 302
    item.refresh_from_db()
    assert item.state == "in_progress"


def test_a_step_out_of_turn_says_so(client, commander, add):
    item = add()
    client.force_login(commander)
    response = client.post(
        f"/actions/{item.pk}/state/", {"to": "verified", "seen": "x"}, HTTP_HX_REQUEST="true"
    )
    assert response.status_code == 422
    assert "is open." in text(response)


def test_many_at_once(client, commander, responder, add):
    items = [add(f"No {n}") for n in range(3)]
    client.force_login(commander)
    data = {"item": [i.pk for i in items], "change": "owner", "owner": responder.pk, "back": "/actions/?q=No"}
    assert client.get("/actions/bulk/", data).status_code == 200
    response = client.post("/actions/bulk/", data)
    assert response.url == "/actions/?q=No"
    assert set(ActionItem.objects.values_list("owner", flat=True)) == {responder.pk}
    refused = client.post("/actions/bulk/", data | {"change": "state:wont_do", "state": "wont_do"})
    assert refused.status_code == 200
    assert ActionItem.objects.filter(state="wont_do").count() == 0


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "javascript:alert(1)", ""])
def test_back_leads_nowhere_else(client, commander, add, back):
    client.force_login(commander)
    answer = client.post("/actions/bulk/", {"item": add().pk, "change": "due", "due_on": "", "back": back})
    assert answer.url == "/actions/"


@pytest.mark.parametrize("item", ["", "x", "9" * 40, "-1", "٣"])
def test_odd_numbers_select_nothing(client, commander, item):
    client.force_login(commander)
    assert client.get("/actions/bulk/", {"item": item, "change": "owner"}).status_code == 302


@pytest.mark.parametrize(
    "query", ["owner=x", "owner=999999", "team=x", "state=x", "priority=P9", "service=x", "page=x", "q=%00"]
)
def test_odd_filters_are_no_fault(client, commander, add, query):
    add()
    client.force_login(commander)
    for page in ("/actions/", "/actions/board/", "/actions/export/"):
        assert client.get(f"{page}?{query}").status_code in (200, 302, 400)


def test_my_open_ones_are_counted_in_the_frame(client, commander, add):
    add(owner=commander)
    complete_action_item(item=add(owner=commander), by=commander)
    add()
    client.force_login(commander)
    assert client.get("/actions/").context["my_open_count"] == 1
    assert text(client.get("/")).count("Alert on saturation") == 1


def test_from_an_incident(client, commander, incident):
    client.force_login(commander)
    data = {"title": "x", "priority": "P2", "category": "code", "form_token": uuid4()}
    response = client.post(reverse("incident_action_new", args=[incident.reference]), data)
    assert response.url == incident.get_absolute_url()
    assert ActionItem.objects.get().incident == incident


def test_whoever_only_reads_selects_only_what_they_own(client, stakeholder, commander, add):
    add("Of somebody else", owner=commander)
    own = add("Of the stakeholder", owner=stakeholder)
    client.force_login(stakeholder)
    page = client.get(reverse("action_list")).text
    assert re.findall(r'name="item" value="(\d+)"', page) == [str(own.pk)]
