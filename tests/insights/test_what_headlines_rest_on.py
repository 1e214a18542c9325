"""Is a rate, a share or a period only said where what was counted supports it?"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from incidents.models import Incident
from insights.cohort import Scope
from insights.recurring import recurrence
from shell.search import parse
from tests.insights.test_recurrence import look_back

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def read(client, responder):
    """`read(address)` in Tokyo."""
    responder.time_zone = "Asia/Tokyo"
    responder.save()
    client.force_login(responder)
    return lambda address: client.get(address).content.decode()


def test_one_disturbed_night_is_no_rate_of_a_month(read, past):
    past(at=datetime(2026, 3, 5, 23, 30, tzinfo=UTC), resolved=60)
    week = read("/insights/humane/?since=2026-03-04&until=2026-03-10")
    assert "1 disturbed night in 7 days" in week
    assert (
        "a month"
        not in read("/insights/what-would-it-take/?since=2026-03-04&until=2026-03-10").partition("Now")[2][
            :80
        ]
    )
    assert "a month" in read("/insights/humane/?period=90")


def test_share_that_recurred_is_not_known_without_a_factor(read, past):
    ones = [past(days_ago=200 + n, resolved=60) for n in range(6)]
    scope = Scope(Incident.objects.all())
    assert (recurrence(scope).of, recurrence(scope).known, recurrence(scope).share) == (6, 0, None)
    assert "not known" in read("/insights/breaks/?period=all").partition("Recurred in 90 days")[2][:120]
    look_back(ones[0], ("Retries", True))
    assert (recurrence(scope).known, recurrence(scope).share) == (1, 0)


def test_dates_alone_are_the_period_and_beside_a_named_one_an_error(read, past):
    past(at=datetime(2025, 6, 1, 12, tzinfo=UTC), resolved=60)
    assert "1 incident, 30 May – 2 Jun 2025" in read("/insights/?since=2025-05-30&until=2025-06-02")[:200_000]
    both = read("/insights/?period=30&since=2025-05-30&until=2025-06-02")
    assert "The dates are not used: the period is “30 days”." in both
    assert "The last day is before the first." in read("/insights/?since=2025-06-02&until=2025-05-30")


def test_a_period_that_there_is_not_shows_the_one_that_holds(read, past):
    past(at=datetime(2025, 6, 1, 12, tzinfo=UTC), resolved=60)
    page = read("/insights/?period=nonsense")
    assert "There is no “nonsense” to choose for “Period”. This filter is ignored." in page
    assert '<option value="90" selected>90 days</option>' in page


def test_report_covers_the_period_it_was_asked_for(read, past):
    past(at=datetime(2025, 6, 1, 12, tzinfo=UTC), resolved=60)
    asked = read("/insights/report/?period=own&since=2025-05-30&until=2025-06-02")
    assert "Insights, 30 May – 2 Jun 2025" in asked
    assert "The week 2 Mar – 8 Mar 2026" in read("/insights/report/?every=week")


def test_days_of_the_search_are_the_readers(read, past):
    past(at=datetime(2026, 3, 1, 16, tzinfo=UTC), declared=0, resolved=60, title="Night in Tokyo")
    assert "Night in Tokyo" in read("/incidents/?q=after:2026-03-02")
    assert "Night in Tokyo" not in read("/incidents/?q=before:2026-03-02")
    for zone, first in (("Asia/Tokyo", 15), ("UTC", 24)):
        with timezone.override(ZoneInfo(zone)):
            wanted = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=first)
            assert parse("after:2026-03-02").since == wanted
