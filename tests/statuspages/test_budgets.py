"""Does a page stay small, quick and cacheable, however much there is?"""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.models import AffectedService, Incident, Service
from incidents.workflow import declare_incident
from statuspages import status_snapshot
from statuspages.models import Component, ScheduledMaintenance, StatusPage
from statuspages.status_snapshot import Window, read
from statuspages.workflow import schedule_maintenance

KILOBYTES = 30 * 1024


@pytest.fixture
def busy(shop, commander, severity, tell):
    """Twenty components, twelve incidents of which three run, many impacts, six maintenances."""
    for number in range(18):
        service = Service.objects.create(name=f"s{number}", slug=f"s{number}")
        since = timezone.now().date() - timedelta(days=100)
        Component.objects.create(
            page=shop, name=f"Component {number}", service=service, order=number, tracked_since=since
        )
    services = list(Service.objects.all())
    for number in range(12):
        incident = declare_incident(by=commander, title=f"x{number}", severity=severity(2))
        for hours in range(4):
            is_over = number > 2 or hours
            at = timezone.now() - timedelta(days=number * 6, hours=hours + 1)
            AffectedService.objects.create(
                incident=incident, service=services[(number + hours) % 20], impact="partial_outage",
                started_at=at, ended_at=at + timedelta(minutes=30) if is_over else None,
            )  # fmt: skip
        for minutes in (50, 40, 30, 20):
            tell(
                incident, f"Word {minutes} of {number}. " * 6, ago=timedelta(days=number * 6, minutes=minutes)
            )
        if number > 2:
            tell(incident, "It is over.", ago=timedelta(days=number * 6), status="resolved")
        begins = timezone.now() + timedelta(days=number + 1)
        work = ScheduledMaintenance(
            page=shop, title=f"Move {number}", starts_at=begins, ends_at=begins + timedelta(hours=1)
        )
        schedule_maintenance(
            by=commander, maintenance=work, components=shop.components.all()[:3], text="Nothing changes."
        )
    return shop


def queries(client, path) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(f"/status/shop/{path}").status_code == 200
    return len(found)


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_a_busy_page_and_its_style_sheet_are_under_30_kilobytes(client, busy, language):
    StatusPage.objects.update(language=language)
    html = client.get("/status/shop/").content
    style = (settings.BASE_DIR / "static/build/status.css").read_bytes()
    assert b"Component 17" in html
    assert len(html) + len(style) <= KILOBYTES
    assert b"<script" not in html
    assert b"style=" not in html


@pytest.mark.parametrize("path", ["", "history", "api/v2/summary.json", "history.atom", "calendar.ics"])
def test_at_most_eleven_queries(client, busy, path):
    assert queries(client, path) <= 11


def test_what_is_long_over_is_read_for_the_history_only(client, shop, commander, severity, tell, monkeypatch):
    monkeypatch.setattr(status_snapshot, "RECENT", 3)
    long_ago = timezone.now() - timedelta(days=200)
    for number in range(5):
        incident = declare_incident(by=commander, title="x", severity=severity(3))
        tell(incident, "Over.", ago=timedelta(days=number + 9), status="resolved")
        Incident.objects.filter(pk=incident.pk).update(status="closed" if number else "fixing")
    work = ScheduledMaintenance.objects.create(
        page=shop, title="Move", starts_at=long_ago, ends_at=long_ago + timedelta(hours=1),
        state="completed", began_at=long_ago, ended_at=long_ago + timedelta(hours=1),
    )  # fmt: skip
    shown = read(shop)
    assert (len(shown.incidents), shown.maintenances, shown.months) == (3, [], [])
    Incident.objects.filter(pk=incident.pk).update(status="fixing")
    assert len(read(shop).incidents) == 4, "what runs is shown, however old"
    assert len(read(shop, Window(newest_months=12)).incidents) == 5
    assert [i.pk for i in read(shop, Window(pk=incident.pk)).incidents] == [incident.pk]
    code = shop.code("maintenance", work.pk)
    assert client.get(f"/status/shop/maintenances/{code}").status_code == 200
    assert client.get(f"/status/shop/maintenances/{code}.ics").status_code == 200
    client.force_login(commander)
    assert client.get(f"/status-pages/shop/shown/maintenances/{code}").status_code == 200
    assert "Move" in client.get(f"/status/shop/history/{long_ago:%Y-%m}").text


def test_an_incident_page_takes_no_more(client, busy, broken, tell):
    tell(broken, "x")
    assert queries(client, f"incidents/{busy.code('incident', broken.pk)}") <= 11


@pytest.mark.parametrize("path", ["", "history", "api/v2/status.json", "history.rss", "calendar.ics"])
def test_who_has_it_gets_304(client, shop, path):
    first = client.get(f"/status/shop/{path}")
    assert "public" in first["Cache-Control"]
    again = client.get(f"/status/shop/{path}", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    by_date = client.get(f"/status/shop/{path}", headers={"If-Modified-Since": first["Last-Modified"]})
    assert by_date.status_code == 304


def test_what_changed_is_sent_again(client, shop, broken, tell):
    etag = client.get("/status/shop/")["ETag"]
    tell(broken, "Some cards fail.")
    again = client.get("/status/shop/", headers={"If-None-Match": etag})
    assert again.status_code == 200
    assert "Some cards fail." in again.text


def test_a_change_within_the_minute_is_seen_while_something_is_broken(client, shop, broken, tell):
    """Also by programs that ask by date alone: a minute is as often as the uptime changes by itself."""
    tell(broken, "Cards are refused.")
    moment = (timezone.now() + timedelta(minutes=2)).replace(second=10, microsecond=0)
    with time_machine.travel(moment, tick=False) as clock:
        first = client.get("/status/shop/")
        assert "Cards are refused." in first.text
        clock.shift(20)
        StatusPage.objects.filter(pk=shop.pk).changed()
        again = client.get("/status/shop/", headers={"If-Modified-Since": first["Last-Modified"]})
    assert again.status_code == 200
