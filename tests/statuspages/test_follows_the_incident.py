"""Does a status page say what the incident is, also where nobody wrote an update about it?"""

from datetime import timedelta

import feedparser
import pytest
from django.utils import timezone

from incidents.models import StatusPeriod
from incidents.workflow import (
    close_incident,
    mitigate_incident,
    reopen_incident,
    resolve_incident,
    set_milestones,
)
from notifications.models import Delivery, OutboxMessage
from statuspages.publishing import consume
from statuspages.status_snapshot import read

SENTENCES = {"mitigated": "We are watching the recovery.", "resolved": "This incident is resolved."}


@pytest.fixture
def told(broken, tell):
    """The incident began 15 minutes ago; the public read of it 11 minutes ago."""
    type(broken).objects.filter(pk=broken.pk).update(impact_started_at=timezone.now() - timedelta(minutes=15))
    tell(broken, "Some cards fail.", ago=timedelta(minutes=11))
    broken.refresh_from_db()
    return broken


@pytest.fixture
def resolve(commander):
    """`resolve(incident)`: without a final update, for a reason."""
    return lambda incident: resolve_incident(
        incident=incident, by=commander, waive_reason="x", unsent={"public": "x", "stakeholders": "x"}
    )


def shown_on(page):
    return read(page).incidents[0]


def test_each_status_is_on_the_page_the_feed_and_the_history(client, shop, told, commander, resolve):
    root = "/status/shop/"
    mitigate_incident(incident=told, by=commander)
    for path in ("", "history", "history.atom", "history.rss"):
        assert "Monitoring" in client.get(root + path).content.decode(), path
    assert SENTENCES["mitigated"] in client.get(root).content.decode()
    told.refresh_from_db()
    resolve(told)
    told.refresh_from_db()
    close_incident(incident=told, by=commander, waive_reason="x")
    for path in ("", "history", "history.atom", "history.rss"):
        assert "Resolved" in client.get(root + path).content.decode(), path
    assert "lasted 15 min" in client.get(root + "history").content.decode()
    unresolved = client.get(root + "api/v2/incidents/unresolved.json").json()
    assert unresolved["incidents"] == []


def test_the_times_are_those_of_the_incident(shop, told, commander, resolve):
    resolve(mitigate_incident(incident=told, by=commander))
    told.refresh_from_db()
    shown = shown_on(shop)
    assert (shown.began_at, shown.resolved_at) == (told.impact_started_at, told.resolved_at)
    earlier = told.resolved_at - timedelta(minutes=2)
    type(told).objects.filter(pk=told.pk).update(mitigated_at=earlier, impact_ended_at=earlier)
    set_milestones(incident=told, by=commander, moments={"resolved_at": earlier}, basis={})
    assert shown_on(shop).resolved_at == earlier


def test_it_lasts_from_its_declaration_where_nobody_said_when_the_impact_began(
    client, shop, told, commander, resolve
):
    declared = timezone.now() - timedelta(minutes=25)
    type(told).objects.filter(pk=told.pk).update(impact_started_at=None, declared_at=declared)
    told.affected_services.all().delete()
    told.refresh_from_db()
    resolve(mitigate_incident(incident=told, by=commander))
    assert shown_on(shop).began_at == declared
    assert "lasted 25 min" in client.get("/status/shop/history").text


def test_what_was_written_about_a_status_stands_for_it(shop, told, commander, tell):
    mitigate_incident(incident=told, by=commander)
    told.refresh_from_db()
    tell(told, "It works again.")
    assert [u.words.known for u in shown_on(shop).updates] == ["It works again.", "Some cards fail."]


def test_before_the_first_update_nothing_is_said(shop, broken, commander, tell):
    mitigate_incident(incident=broken, by=commander)
    broken.refresh_from_db()
    assert read(shop).incidents == []
    tell(broken, "It works again.")
    assert len(shown_on(shop).updates) == 1


def test_a_cause_found_inside_is_not_announced(shop, told, commander):
    type(told).objects.filter(pk=told.pk).update(status="fixing")
    StatusPeriod.objects.filter(incident=told).update(status="fixing")
    assert shown_on(shop).status == "Investigating"


def test_reopened_it_is_open_again_with_the_time_of_the_next_update(shop, told, commander, resolve):
    resolve(mitigate_incident(incident=told, by=commander))
    told.refresh_from_db()
    reopen_incident(incident=told, by=commander, reason="the errors are back")
    told.refresh_from_db()
    page = read(shop)
    [shown] = page.active
    assert (shown.status, shown.resolved_at) == ("Investigating", None)
    assert shown.next_at == told.update_schedules.get(audience="public").due_at
    assert page.components[0].state == "partial_outage"
    assert "errors are back" not in str(shown.updates)


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_an_item_has_the_date_of_its_newest_update(client, shop, told, commander, form):
    first = feedparser.parse(client.get(f"/status/shop/history.{form}").content).entries[0]
    mitigate_incident(incident=told, by=commander)
    entry = feedparser.parse(client.get(f"/status/shop/history.{form}").content).entries[0]
    key = "updated_parsed" if form == "atom" else "published_parsed"
    assert entry[key] > first[key]


def mails_of(topic: str) -> list[str]:
    for message in OutboxMessage.objects.filter(topic=topic):
        consume(message)
    found = Delivery.objects.filter(message__topic=topic)
    return [delivery.content["subject"] for delivery in found]


def test_subscribers_are_notified_of_each(shop, told, commander, resolve):
    shop.subscribers.create(address="ada@example.test", confirmed_at=timezone.now())
    mitigate_incident(incident=told, by=commander)
    assert mails_of("incident.mitigated") == ["[Shop] Monitoring: Card payments fail"]
    told.refresh_from_db()
    resolve(told)
    assert mails_of("incident.resolved") == ["[Shop] Resolved: Card payments fail"]
    told.refresh_from_db()
    reopen_incident(incident=told, by=commander, reason="x")
    assert mails_of("incident.reopened") == ["[Shop] Investigating: Card payments fail"]


def test_with_an_update_they_are_notified_once(shop, told, commander):
    shop.subscribers.create(address="ada@example.test", confirmed_at=timezone.now())
    mitigate_incident(
        incident=told, by=commander, updates={"public": "It works again."},
        next_update_at=timezone.now() + timedelta(minutes=30),
    )  # fmt: skip
    assert mails_of("incident.mitigated") == []
    assert told.status_updates.newest_first()[0].text_for("public").known == "It works again."
