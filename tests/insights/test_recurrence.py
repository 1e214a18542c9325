"""Is what recurs counted as it is printed, and only of what the reader may read?"""

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from action_items.models import ActionItem
from incidents.models import Incident, Severity, Status
from incidents.models.people import Participation
from insights.cohort import Access, Scope
from insights.recurring import factors, recurrence
from retros.models import ContributingFactor, Factor, Retrospective

NOW = timezone.now().replace(microsecond=0)
seen = st.lists(
    st.tuples(
        st.integers(0, 400),  # days ago
        st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=3, unique_by=lambda one: one[0]),
        st.none() | st.tuples(st.integers(-100, 300), st.none() | st.integers(0, 200)),  # its action, in days
    ),
    max_size=14,
)


def look_back(one, *named, **more) -> Retrospective:
    """`named`: (text, is confirmed)."""
    facts = {"subject": "incident", "status": "published", "incident": one} | more
    found = Retrospective.objects.create(title=one.title, **facts)
    found.incidents.add(one)
    for text, is_confirmed in named:
        factor, _ = Factor.objects.get_or_create(key=text.lower(), defaults={"text": text})
        ContributingFactor.objects.create(
            retrospective=found, factor=factor, text=text, is_confirmed=is_confirmed
        )
    return found


def everything(**more) -> Scope:
    return Scope(Incident.objects.all(), now=NOW, **more)


class TestAgainstPlainPython(TestCase):
    @given(seen)
    @settings(max_examples=60)
    def test_the_window_finds_what_comparing_all_with_all_finds(self, days):
        severity = Severity.objects.get(rank=3)
        told = []
        for n, (ago, named, action) in enumerate(days):
            began = NOW - timedelta(days=ago)
            incident = Incident.objects.create(
                number=800_000 + n, title="x", severity=severity, impact_started_at=began, declared_at=began,
                status=Status.RESOLVED,
            )  # fmt: skip
            look_back(incident, *((f"f{key}", is_confirmed) for key, is_confirmed in named))
            stretch = None
            if action:
                created = began + timedelta(days=action[0])
                ended = None if action[1] is None else created + timedelta(days=action[1])
                ActionItem.objects.create(
                    title="x",
                    incident=incident,
                    created_at=created,
                    done_at=ended,
                    state="done" if ended else "open",
                )
                stretch = (created, ended)
            told.append((began, {key for key, is_confirmed in named if is_confirmed}, stretch))
        old = [one for one in told if NOW - one[0] >= timedelta(days=90)]
        count = open_then = 0
        for began, mine, stretch in old:
            firsts = [
                min(later, default=None)
                for key in mine
                for later in [
                    [
                        b
                        for b, theirs, _ in told
                        if key in theirs and timedelta() < b - began <= timedelta(days=90)
                    ]
                ]
            ]
            firsts = [first for first in firsts if first]
            count += bool(firsts)
            open_then += bool(
                stretch and any(stretch[0] <= b and (stretch[1] is None or stretch[1] > b) for b in firsts)
            )
        found = recurrence(everything())
        assert (found.of, found.count, found.while_open) == (len(old), count, open_then)


def test_a_factor_that_is_not_confirmed_does_not_recur(past):
    look_back(past(days_ago=120), ("Pool", True))
    look_back(past(days_ago=100), ("Pool", False))
    assert recurrence(everything()).count == 0
    assert [(one.text, one.count, one.confirmed) for one in factors(everything())] == [("Pool", 2, 1)]


def test_factors_of_a_draft_do_not_count(past):
    look_back(past(days_ago=120), ("Pool", True))
    look_back(past(days_ago=100), ("Pool", True), status="in_review")
    assert recurrence(everything()).count == 0
    assert [(one.text, one.count) for one in factors(everything())] == [("Pool", 1)]


def test_what_follows_need_not_be_asked_for(past):
    first, again = past(days_ago=120, title="First"), past(days_ago=100, title="Again")
    look_back(first, ("Pool", True))
    look_back(again, ("Pool", True))
    found = recurrence(Scope(Incident.objects.filter(pk=first.pk)))
    assert (found.of, found.count) == (1, 1)
    (one,) = found.latest
    assert (one.title, one.next_title, one.factor, one.was_open) == ("First", "Again", "Pool", False)


@pytest.mark.parametrize("is_later", [True, False])
def test_an_explicit_link_is_enough_either_way(past, is_later):
    first, again = past(days_ago=120), past(days_ago=40)
    holder, other = (again, first) if is_later else (first, again)
    holder.links.create(label="Seen before", url=f"{django_settings.PUBLIC_URL}/incidents/{other.reference}/")
    found = recurrence(everything())
    assert (found.of, found.count) == (1, 1)


@pytest.mark.parametrize(
    "address", ["https://elsewhere.example/incidents/INC-{}/", "{base}/incidents/INC-9{}/"]
)
def test_other_addresses_are_no_link(past, address):
    first, again = past(days_ago=120), past(days_ago=100)
    url = address.format(first.number, base=django_settings.PUBLIC_URL)
    again.links.create(label="x", url=url)
    assert recurrence(everything()).count == 0


def test_drills_and_what_came_after_ninety_days_do_not_follow(past):
    look_back(past(days_ago=200), ("Pool", True))
    look_back(past(days_ago=150, is_drill=True), ("Pool", True))
    look_back(past(days_ago=109), ("Pool", True))
    assert recurrence(everything()).count == 0


def test_a_sprint_does_not_say_which_incident_a_factor_belongs_to(past):
    first, again = past(days_ago=120), past(days_ago=100)
    sprint = look_back(first, ("Pool", True), subject="sprint", incident=None)
    sprint.incidents.add(again)
    assert recurrence(everything()).count == 0
    assert factors(everything()) == []


def test_its_action_addresses_that_factor_or_names_none(past):
    first, again = past(days_ago=120), past(days_ago=100)
    looked = look_back(first, ("Pool", True), ("Mute", False))
    look_back(again, ("Pool", True))
    other = looked.factors.get(text="Mute")
    created = NOW - timedelta(days=119)
    item = ActionItem.objects.create(title="x", retrospective=looked, factor=other, created_at=created)
    assert recurrence(everything()).while_open == 0
    ActionItem.objects.filter(pk=item.pk).update(factor=looked.factors.get(text="Pool"))
    assert recurrence(everything()).while_open == 1
    ActionItem.objects.filter(pk=item.pk).update(
        state="wont_do", wont_do_reason="x", state_since=NOW - timedelta(days=110)
    )
    assert recurrence(everything()).while_open == 0


def test_what_is_private_neither_follows_nor_names(client, past, commander, outsider):
    look_back(past(days_ago=120, title="Open to all"), ("Pool", True))
    hidden = past(days_ago=100, title="Canary Zephyrquartz", is_private=True)
    look_back(hidden, ("Pool", True), ("Zephyrquartz key", True))
    Participation.objects.create(
        incident=hidden, user=commander, joined_at=hidden.declared_at, last_active_at=hidden.declared_at
    )
    for person, count in ((commander, 1), (outsider, 0)):
        access = Access.of(person)
        found = recurrence(Scope(access.incidents, now=NOW, access=access))
        assert (found.of, found.count) == (1 + count, count)
        client.force_login(person)
        for address in (
            "/insights/breaks/?period=all",
            "/insights/breaks.csv?period=all",
            "/insights/?period=all",
        ):
            assert ("Zephyrquartz" in client.get(address).content.decode()) == (person == commander), address


def test_a_stakeholder_reads_factors_once_they_are_published(past, stakeholder):
    looked = look_back(past(days_ago=10), ("Pool", True), status="in_review")
    access = Access.of(stakeholder)
    assert factors(Scope(access.incidents, access=access)) == []
    Retrospective.objects.filter(pk=looked.pk).update(status="published")
    access = Access.of(stakeholder)
    assert [one.text for one in factors(Scope(access.incidents, access=access))] == ["Pool"]
