"""Does the simulator save what it says, of what it has, and keep quiet where it has too little?"""

import re
from datetime import timedelta
from html import unescape
from statistics import NormalDist, stdev

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

from incidents.models import AffectedService, Incident, Service
from incidents.models.people import Participation
from insights.cohort import Access, Scope
from insights.definitions import BY_KEY
from insights.sampling import GAIN, Pace, drawn, needed, pace, sample, summed
from retros.models import AffectedUsers, Retrospective

METRIC = BY_KEY["time_to_resolve"]
MINUTE = 60
parts = st.lists(st.tuples(*[st.floats(0, 1e6)] * 4), min_size=1, max_size=40)


def everything() -> Scope:
    return Scope(Incident.objects.all())


@pytest.fixture
def hit(past):
    """Complete, with one service hit from `begins` to `ends` minutes and, where given, its users and share."""
    service = Service.objects.create(name="Mail", slug="mail")

    def make(users=None, share=50, begins=0, ends=40, reads=None, **more) -> Incident:
        times = {"detected": 5, "declared": 15, "mitigated": 40, "resolved": 100}
        incident = past(**(times | more))
        began = incident.impact_started_at
        AffectedService.objects.create(
            incident=incident, service=service, impact="degraded",
            started_at=began + timedelta(minutes=begins), ended_at=began + timedelta(minutes=ends),
        )  # fmt: skip
        if users is not None:
            looked = Retrospective.objects.create(title="x", incident=incident, status=reads or "published")
            looked.incidents.add(incident)
            AffectedUsers.objects.create(retrospective=looked, service=service, users=users, share=share)
        return incident

    return make


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine draws slowly
@given(parts)
def test_sums_are_those_of_numpy(rows):
    found = {one.key: one.spent for one in summed(rows)}
    assert list(found.values()) == pytest.approx(sorted(np.array(rows).sum(axis=0), reverse=True))


def test_the_draws_agree_with_scipy():
    source = np.random.default_rng(5)
    rows = [tuple(row) for row in source.lognormal([6, 5, 8, 7.5], 1, (60, 4))]
    for one, column in zip(sorted(drawn(rows), key=lambda p: p.key), (1, 0, 2, 3), strict=True):
        expected = stats.bootstrap(
            ([row[column] for row in rows],),
            np.sum,
            n_resamples=9999,
            method="percentile",
            rng=np.random.default_rng(1),
        ).confidence_interval
        width = expected.high - expected.low
        assert one.low == pytest.approx(expected.low, abs=0.08 * width), one.key
        assert one.high == pytest.approx(expected.high, abs=0.08 * width), one.key
    assert sum(one.leads for one in drawn(rows)) == pytest.approx(1)
    assert drawn(rows) == drawn(rows)


def test_user_minutes_fall_into_the_phases_the_service_was_hit_in(hit):
    hit(users=1000, share=10, begins=2, ends=70)
    found = sample(everything())
    assert found.spent == [(5 * MINUTE, 10 * MINUTE, 25 * MINUTE, 60 * MINUTE)]
    assert found.felt == [pytest.approx(tuple(100 * MINUTE * minutes for minutes in (3, 10, 25, 30)))]


def test_one_service_without_users_leaves_the_incident_out_of_user_minutes(hit):
    incident = hit(users=1000)
    other = Service.objects.create(name="Search", slug="search")
    AffectedService.objects.create(
        incident=incident, service=other, impact="degraded", started_at=incident.impact_started_at
    )
    found = sample(everything())
    assert (len(found.spent), found.felt) == (1, [])


@pytest.mark.parametrize("spread", [0.3, 0.8, 1.4])
def test_as_many_as_needed_see_the_gain_in_four_of_five(spread):
    """Simulated: the textbook's n, drawn five thousand times and tested two-sided."""
    n, source = needed(spread), np.random.default_rng(11)
    before = source.normal(0, spread, (5000, n)).mean(axis=1)
    after = source.normal(np.log(1 - GAIN), spread, (5000, n)).mean(axis=1)
    seen = np.abs(before - after) / (spread * np.sqrt(2 / n)) > NormalDist().inv_cdf(0.975)
    assert seen.mean() == pytest.approx(0.8, abs=0.02)


def test_the_pace_is_that_of_the_period(past):
    lengths = [30 + 7 * n for n in range(24)]
    for n, minutes in enumerate(lengths):
        past(days_ago=1 + n * 5, resolved=minutes)
    past(days_ago=3)
    scope = everything()
    found = pace(Scope(scope.incidents, since=scope.now - timedelta(days=365.25 / 2), now=scope.now), METRIC)
    assert found.count == 24
    assert found.a_month == pytest.approx(4)
    assert found.spread == pytest.approx(stdev(np.log(lengths)))
    assert found.wait == pytest.approx(found.needed / 4)


def test_too_few_have_no_pace_to_go_by():
    assert Pace(19, 3, 0.8).needed is None
    assert Pace(20, 3, 0.8).needed == needed(0.8)


@pytest.fixture
def reader(client, responder):
    client.force_login(responder)
    return client


def text(response) -> str:
    assert response.status_code == 200
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def test_under_twenty_it_says_so(reader, hit):
    for n in range(19):
        hit(users=1000, days_ago=1 + n)
    html = reader.get("/insights/what-would-it-take/")
    assert "Too few incidents to say" in text(html)
    assert "19 of 19 have all the times, and 20 are needed" in text(html)
    assert "fig-wide" not in html.content.decode()


def test_under_half_coverage_there_is_no_headline(reader, hit, past):
    for n in range(20):
        hit(days_ago=1 + n)
    for n in range(21):
        past(days_ago=1 + n, resolved=5)
    assert "only 20 of 41 have all the times" in text(reader.get("/insights/what-would-it-take/"))


def test_a_cut_saves_that_part_of_the_users_time(reader, hit):
    for n in range(24):
        hit(users=1000, share=10, days_ago=1 + n, ends=40)
    page = text(reader.get("/insights/what-would-it-take/?cut=30"))
    assert f"Stopping the impact 30% sooner saves most: {24 * 25 * 100 * 3 // 10:,} user-minutes" in page
    csv = reader.get("/insights/what-would-it-take.csv").content.decode()
    assert "stopping the impact,60000.0,6000.0,12000.0,18000.0,30000.0" in csv
    assert f"verifying and resolving,{24 * 3600:.1f}" in csv
    assert "saves most" in text(reader.get("/insights/"))


def test_where_users_are_not_stated_it_counts_in_time_and_says_so(reader, hit):
    for n in range(24):
        hit(users=1000 if n < 5 else None, days_ago=1 + n)
    page = text(reader.get("/insights/what-would-it-take/"))
    assert "Verifying and resolving 20% sooner saves most: 4 h 48 min" in page
    assert "counted in time, not in user-minutes: users are stated for 5 of them" in page


@pytest.mark.parametrize("cut", ["0", "100", "x", "-5"])
def test_odd_cuts_are_as_if_not_asked(reader, hit, cut):
    for n in range(20):
        hit(days_ago=1 + n)
    assert "20% sooner" in text(reader.get(f"/insights/what-would-it-take/?cut={cut}"))


def test_private_incidents_are_drawn_only_by_those_on_them(client, hit, commander, outsider):
    for n in range(20):
        hidden = hit(users=1000, days_ago=1 + n, is_private=n == 0)
        if n == 0:
            Participation.objects.create(
                incident=hidden,
                user=commander,
                joined_at=hidden.declared_at,
                last_active_at=hidden.declared_at,
            )
    for person, count in ((commander, 20), (outsider, 19)):
        access = Access.of(person)
        found = sample(Scope(access.incidents, access=access))
        assert (len(found.spent), len(found.felt)) == (count, count)
        client.force_login(person)
        said = text(client.get("/insights/what-would-it-take/"))
        assert ("saves most" in said) == (person == commander)


def test_users_stated_where_nobody_may_read_yet_do_not_count(hit, stakeholder):
    hit(users=1000, reads="in_review")
    access = Access.of(stakeholder)
    assert sample(Scope(access.incidents, access=access)).felt == []
    assert len(sample(everything()).felt) == 1
