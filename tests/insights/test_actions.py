"""Are actions counted as they are printed, within the reader's reach, as the list they lead to?"""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from lifelines import KaplanMeierFitter

from accounts.models import Team
from action_items.models import ActionItem
from incidents.models import AffectedService, Service
from incidents.models.people import Participation
from insights.actions import completing

NOW = timezone.now().replace(microsecond=0)
TODAY = timezone.localdate()
lives = st.lists(
    st.tuples(
        st.integers(0, 3_000_000), st.sampled_from(["open", "in_progress", "done", "verified", "wont_do"])
    ),
    min_size=1,
    max_size=50,
)


class TestAgainstLifelines(TestCase):
    @given(lives)
    @settings(max_examples=40)
    def test_time_to_complete(self, lived):
        ActionItem.objects.bulk_create(
            ActionItem(
                title="x", state=state, wont_do_reason="x" if state == "wont_do" else "",
                created_at=NOW - timedelta(seconds=seconds), state_since=NOW,
                done_at=NOW if state in ("done", "verified") else None,
            )
            for seconds, state in lived
        )  # fmt: skip
        found = completing(ActionItem.objects.all(), None, NOW + timedelta(seconds=1), NOW)
        seconds, over = zip(*((s, state in ("done", "verified")) for s, state in lived), strict=True)
        expected = KaplanMeierFitter().fit(seconds, over).survival_function_["KM_estimate"]
        assert found.count == len(lived)
        for share, value in ((0.5, found.median), (0.1, found.p90)):
            reached = expected[expected <= share + 1e-9]
            assert value == (None if reached.empty else float(reached.index[0]))


@pytest.fixture
def reader(client, responder):
    client.force_login(responder)
    return client


@pytest.fixture
def add(db):
    def run(title="x", *, due=None, done=None, age=20, **more):
        """In days ago."""
        return ActionItem.objects.create(
            title=title, created_at=NOW - timedelta(days=age),
            due_on=None if due is None else TODAY - timedelta(days=due),
            done_at=None if done is None else NOW - timedelta(days=done),
            **({"state": "open" if done is None else "done"} | more),
        )  # fmt: skip

    return run


def text(response) -> str:
    assert response.status_code == 200
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def test_nothing_is_said_of_nothing(reader):
    assert "No action item" in text(reader.get("/insights/actions/"))


def test_under_five_are_counted_and_not_a_percentage(reader, add):
    add(due=5, done=6)
    add(due=5, age=40)
    html = text(reader.get("/insights/actions/"))
    assert "1 of 2 on time" in html
    assert "1 open, 1 overdue" in html
    assert "50% on time" not in html


def test_open_and_overdue_is_a_miss(reader, add):
    for n in range(6):
        add(due=5 + n, done=8 + n)
    add(due=3, done=1)
    add(due=2)
    add(due=-5)
    add(due=4, state="wont_do", wont_do_reason="x")
    html = text(reader.get("/insights/actions/"))
    assert "75% on time" in html
    assert "6 of 8 due in the period · 2 open, 1 overdue" in html


def test_answers_to_did_it_help(reader, add):
    for answer in ("yes", "yes", "partly", "no", "too_early", ""):
        add(done=3, helped=answer)
    add(done=200, age=300, helped="no")
    html = text(reader.get("/insights/actions/"))
    assert "Done in the period 6" in html
    assert "It helped 3 of 4" in html
    assert "No answer yet 1" in html


def test_it_leads_to_a_list_of_the_same_items(reader, add, past, severity):
    """Whatever it is narrowed by."""
    team, mail = (
        Team.objects.create(name="Post", slug="post"),
        Service.objects.create(name="Mail", slug="mail"),
    )
    bad, other = past(rank=1), past(rank=3)
    AffectedService.objects.create(incident=bad, service=mail, impact="degraded", started_at=bad.declared_at)
    add("Alpha", due=3, incident=bad)
    add("Bravo", due=4, incident=other, team=team)
    add("Charlie", due=200, age=300, incident=bad)
    add("Delta", due=4)
    for asked, titles in (
        ("", {"Alpha", "Bravo", "Delta"}),
        (f"severity={severity(1).pk}", {"Alpha"}),
        ("service=mail", {"Alpha"}),
        ("team=post", {"Bravo"}),
        ("period=all", {"Alpha", "Bravo", "Charlie", "Delta"}),
        (f"severity={severity(1).pk}&period=all", {"Alpha", "Charlie"}),
    ):
        html = reader.get(f"/insights/actions/?{asked}").content.decode()
        assert f"of {len(titles)} on time" in html, asked
        address = unescape(re.search(r'href="(/actions/\?[^"]+)"', html).group(1))
        listed = reader.get(address).content.decode()
        for title in ("Alpha", "Bravo", "Charlie", "Delta"):
            assert (title in listed) == (title in titles), (asked, title)
            assert (title in html) == (title in titles), (asked, title)


def test_items_of_what_is_private_count_for_whoever_sees_it(client, add, past, commander, outsider):
    hidden = past(days_ago=3, is_private=True)
    Participation.objects.create(
        incident=hidden, user=commander, joined_at=hidden.declared_at, last_active_at=hidden.declared_at
    )
    add("Canary Zephyrquartz", due=2, incident=hidden)
    add("For all", due=2)
    for person, count in ((commander, 2), (outsider, 1)):
        client.force_login(person)
        for address in ("/insights/actions/", "/insights/actions.csv", "/insights/"):
            html = client.get(address).content.decode()
            assert ("Zephyrquartz" in html) == (person == commander and address != "/insights/"), address
        assert f"0 of {count} on time" in client.get("/insights/").content.decode()
