"""Do a feed reader and a calendar program understand what a page gives them?"""

from datetime import UTC, timedelta

import feedparser
import icalendar
import pytest
from django.utils import timezone

from statuspages.workflow import change_maintenance, update_maintenance


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_feeds_have_each_incident_once_renewed_with_every_update(client, shop, broken, tell, work, form):
    tell(broken, "Some <b>cards</b> fail.", ago=timedelta(minutes=9))
    first = feedparser.parse(client.get(f"/status/shop/history.{form}").content)
    tell(broken, "Fixed & watched.", status="mitigated")
    feed = feedparser.parse(client.get(f"/status/shop/history.{form}").content)
    assert not feed.bozo
    assert feed.feed.title == "Shop status"
    entry = next(e for e in feed.entries if e.title == "Card payments fail")
    assert "Fixed &amp; watched." in entry.summary
    assert "&lt;b&gt;cards" in entry.summary
    assert [e.title for e in feed.entries] == ["Card payments fail", work.title]
    assert entry.id == next(e for e in first.entries if e.title == "Card payments fail").id
    assert client.get(entry.link.partition("localhost:8000")[2]).status_code == 200
    if form == "atom":
        assert entry.updated_parsed > entry.published_parsed


def read(client, path: str) -> list[icalendar.Event]:
    response = client.get(f"/status/shop/{path}")
    assert response["Content-Type"].startswith("text/calendar")
    calendar = icalendar.Calendar.from_ical(response.content)
    assert calendar["METHOD"] == "PUBLISH"
    return calendar.walk("VEVENT")


def test_a_maintenance_is_an_appointment_in_the_pages_zone(client, shop, work):
    code = shop.code("maintenance", work.pk)
    [event] = read(client, f"maintenances/{code}.ics")
    assert event["UID"] == f"{work.uid}@allclear"
    assert event.start == work.starts_at.replace(microsecond=0)
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert event.end - event.start == timedelta(hours=1)
    assert event["DTSTAMP"].dt.tzinfo is UTC or event["DTSTAMP"].dt.utcoffset() == timedelta(0)
    assert (event["SEQUENCE"], event["STATUS"]) == (0, "CONFIRMED")
    assert str(event["SUMMARY"]) == "Shop: Search index move"


def test_a_change_is_the_same_appointment_again(client, shop, work, commander):
    work.starts_at += timedelta(days=1)
    work.ends_at += timedelta(days=1)
    parts = list(shop.components.all())
    change_maintenance(by=commander, maintenance=work, components=parts, text="A day later.", version=0)
    [event] = read(client, "calendar.ics")
    assert event["UID"] == f"{work.uid}@allclear"
    assert event["SEQUENCE"] == 1
    assert event.start > timezone.now() + timedelta(days=2)


def test_what_is_cancelled_leaves_calendars(client, shop, work, commander):
    update_maintenance(by=commander, maintenance=work, state="cancelled", text="Not needed any more.")
    [event] = read(client, "calendar.ics")
    assert event["STATUS"] == "CANCELLED"
    assert event["SEQUENCE"] == 1
