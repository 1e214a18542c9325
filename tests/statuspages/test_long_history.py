"""Does a history with very much in it stay short, and is nothing of it lost?"""

import re
from datetime import datetime, timedelta

import time_machine
from django.db import connection
from django.utils import timezone

from incidents.models import AffectedService
from incidents.workflow import declare_incident
from statuspages import public_routes
from statuspages.months import MonthPage, first_updates, month_of, newest_in_each
from statuspages.public_routes import MOST_A_MONTH, window_of
from statuspages.static_copies import find, write
from statuspages.status_snapshot import Window, read, told

AT = datetime.fromisoformat("2026-08-20T12:00:00+00:00")


@time_machine.travel(AT, tick=False)
def test_a_month_of_very_many(client, shop, commander, severity, tell):
    for number in range(MOST_A_MONTH + 2):
        incident = declare_incident(by=commander, title="x", severity=severity(3))
        tell(
            incident,
            "Over.",
            public_title=f"Fault {number:02}.",
            ago=timedelta(hours=number + 1),
            status="resolved",
        )
    older = declare_incident(by=commander, title="x", severity=severity(3))
    tell(older, "Over.", public_title="Fault in July.", ago=timedelta(days=40), status="resolved")
    tell(older, "Once more.", public_title="Fault in July.", ago=timedelta(days=1), status="resolved")

    history = client.get("/status/shop/history").text
    assert "Fault 00." in history
    assert f"Fault {MOST_A_MONTH - 1:02}." in history
    assert f"Fault {MOST_A_MONTH:02}." not in history
    assert history.count("Fault in July.") == 1, "in the month in which it appeared"
    assert history.count("Show all of") == 1
    assert 'href="history/2026-08"' in history

    month = client.get("/status/shop/history/2026-08").text
    assert f"Fault {MOST_A_MONTH + 1:02}." in month
    assert "Fault in July." not in month
    assert "Show all of" not in month
    assert client.get("/status/shop/history/2026-06").status_code == 404


@time_machine.travel(AT, tick=False)
def test_a_month_has_pages(client, shop, commander, severity, tell, monkeypatch):
    monkeypatch.setattr(public_routes, "ON_A_PAGE", 5)
    for number in range(11):
        incident = declare_incident(by=commander, title="x", severity=severity(3))
        tell(incident, "Over.", public_title=f"Fault {number:02}.", ago=timedelta(hours=number + 1))
    client.force_login(commander)
    write(shop)
    for root in ("/status/shop", "/status-pages/shop/shown"):
        found, address = [], "history/2026-08"
        while address:
            page = client.get(f"{root}/{address}").text
            found.append(re.findall(r"Fault (\d\d)\.", page))
            assert len(read(shop, window_of(MonthPage(2026, 8))).incidents) == 6, "the first is read, not all"
            copy = find("shop", address)
            assert re.findall(r"Fault (\d\d)\.", copy.body.decode()) == found[-1]
            earlier = re.search(r'href="((?:\.\./)+)(history/[^"]*)" rel="next"', page)
            assert not earlier or earlier[1].count("../") == address.count("/")
            address = earlier and earlier[2]
        assert found == [[f"{n:02}" for n in numbers] for numbers in (range(5), range(5, 10), range(10, 11))]
        second = client.get(f"{root}/history/2026-08/2").text
        assert 'href="../../history/2026-08" rel="prev"' in second
        assert client.get(f"{root}/history/2026-08/4").status_code == 404
        assert client.get(f"{root}/history/2026-08/1").status_code == 404, "that page has one address"


@time_machine.travel(AT, tick=False)
def test_only_the_page_itself_reads_ninety_days(client, shop, commander, severity, tell, payments):
    """Every other shows what it shows of them, however much there was in the last 90 days."""
    told_one = declare_incident(by=commander, title="x", severity=severity(3))
    tell(told_one, "Over.", public_title="Fault.", ago=timedelta(days=3))
    for days in range(2, 6):
        at = timezone.now() - timedelta(days=days)
        AffectedService.objects.create(
            incident=told_one,
            service=payments,
            impact="degraded",
            started_at=at,
            ended_at=at + timedelta(hours=1),
        )
    other = declare_incident(by=commander, title="x", severity=severity(3))
    tell(other, "Over.", public_title="Other.", ago=timedelta(days=3))
    code = shop.code("incident", other.pk)
    of_other = read(shop, Window(code=code, has_bars=False))
    assert [component.days for component in of_other.components if component.days] == []
    assert of_other.changed_at == read(shop, Window(code=code)).changed_at
    assert any(day.state == "degraded" for component in read(shop).components for day in component.days)


@time_machine.travel(AT, tick=False)
def test_each_month_is_read_as_far_as_it_is_shown(client, shop, commander, severity, tell):
    """And the impacts of a page and the updates of an incident come from indexes."""
    for number in range(4):
        incident = declare_incident(by=commander, title="x", severity=severity(3))
        tell(incident, "Over.", public_title=f"Fault {number}.", ago=timedelta(hours=number + 1))
    firsts = first_updates(told(shop), told(shop))
    now = timezone.now()
    (newest,) = newest_in_each(shop, firsts, [month_of(now, shop)], 2)
    (all_of_it,) = newest_in_each(shop, firsts, [month_of(now, shop)], None)
    assert len(newest) == 2
    assert list(newest) == sorted(all_of_it, key=lambda row: row[1], reverse=True)[:2]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plans = {
        "public_update_newest": told(shop).newest_first()[:10],
        "impacts_by_end": AffectedService.objects.filter(ended_at__gte=now).order_by(),
    }
    for index, rows in plans.items():
        assert index in rows.explain()
    with connection.cursor() as cursor:  # with few rows the planner may take it for one incident as well
        cursor.execute("DROP INDEX public_update_newest")
    of_one = told(shop).filter(incident=incident).order_by("posted_at")
    assert "public_update_by_incident" in of_one.explain()
