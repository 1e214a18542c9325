"""Does each window of what repeats live its own life, made in time and once, and told to nobody beforehand?"""

import threading
from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from icalendar import Calendar

from audit.models import AuditEntry
from core.conflict import Conflict
from notifications.models import Delivery
from notifications.tasks import expand_due_events
from statuspages.maintenance_forms import RepeatingMaintenanceForm
from statuspages.models import MaintenanceSeries, PageSubscriber, ScheduledMaintenance
from statuspages.recurrence import WEEKDAYS, Recurrence
from statuspages.rules import in_words
from statuspages.tasks import carry_on_maintenances, make_due_occurrences
from statuspages.workflow import (
    cancel_following,
    change_following,
    change_maintenance,
    schedule_series,
    update_maintenance,
)
from statuspages.workflow.maintenance import note

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2020, 11, 30, 12, tzinfo=BERLIN)  # a Monday, in the past of the database's clock


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def rule(page, **facts) -> MaintenanceSeries:
    """Each Sunday from 6 December, 02:00 to 04:00 in Berlin."""
    begins = facts.pop("begins", datetime(2020, 12, 6, 2, tzinfo=BERLIN))
    values = {
        "page": page, "title": "Index rebuild", "text": "Search is slower.", "frequency": "weekly",
        "weekdays": "SU", "time_zone": page.time_zone, "duration": timedelta(hours=2),
    }  # fmt: skip
    series = MaintenanceSeries(**values | facts)
    series.set_beginning(begins)
    return series


@pytest.fixture
def sundays(shop, commander) -> ScheduledMaintenance:
    return schedule_series(by=commander, series=rule(shop), components=shop.components.filter(name="Search"))


@pytest.fixture
def reader(shop) -> PageSubscriber:
    return PageSubscriber.objects.create(
        page=shop, address="reader@example.test", confirmed_at=timezone.now()
    )


def windows(series) -> list[str]:
    rows = series.occurrences.order_by("starts_at")
    return [f"{r.starts_at.astimezone(BERLIN):%d.%m. %H:%M} {r.state}" for r in rows]


def days(series) -> list[date]:
    return list(series.occurrences.upcoming().order_by("starts_at").values_list("occurs_on", flat=True))


def subjects() -> list[str]:
    """Of the mails since the last call."""
    expand_due_events()
    found = [delivery.content["subject"] for delivery in Delivery.objects.all()]
    Delivery.objects.all().delete()
    return sorted(found)


def test_the_windows_of_sixty_days_are_made_and_later_ones_follow(sundays, clock):
    series = sundays.series
    assert (len(days(series)), days(series)[0], days(series)[-1]) == (8, date(2020, 12, 6), date(2021, 1, 24))
    clock.move_to(START + timedelta(days=8))
    make_due_occurrences()
    make_due_occurrences()
    assert days(series)[-1] == date(2021, 1, 31)
    assert AuditEntry.objects.filter(action="maintenance.scheduled").count() == 9
    assert AuditEntry.objects.filter(action="maintenance_series.scheduled").count() == 1


def test_ten_windows_at_most_and_one_at_least(shop, commander, clock):
    daily = schedule_series(by=commander, series=rule(shop, frequency="daily", weekdays=""), components=[])
    assert len(days(daily.series)) == 10
    rare = schedule_series(
        by=commander,
        series=rule(
            shop,
            frequency="monthly",
            interval=12,
            weekdays="",
            begins=datetime(2024, 2, 29, 2, tzinfo=BERLIN),
        ),
        components=[],
    )
    assert days(rare.series) == [date(2024, 2, 29)]
    clock.move_to(datetime(2024, 2, 29, 3, tzinfo=BERLIN))
    carry_on_maintenances()
    make_due_occurrences()
    assert days(rare.series) == [date(2028, 2, 29)]


def test_a_series_ends(shop, commander, clock):
    three = schedule_series(by=commander, series=rule(shop, count=3), components=[])
    until = schedule_series(by=commander, series=rule(shop, ends_on=date(2020, 12, 14)), components=[])
    assert (len(days(three.series)), len(days(until.series))) == (3, 2)
    clock.move_to(START + timedelta(days=300))
    make_due_occurrences()
    assert three.series.occurrences.count() == 3


def test_windows_that_passed_while_no_worker_ran_are_not_made(sundays, clock):
    clock.move_to(START + timedelta(days=365))
    make_due_occurrences()
    assert sundays.series.occurrences.filter(starts_at__lt=timezone.now()).count() == 8
    assert len(days(sundays.series)) > 8


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_each_window_once(sundays, clock):
    clock.move_to(START + timedelta(days=30))
    barrier = threading.Barrier(3)

    def work():
        barrier.wait(10)
        make_due_occurrences()
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    found = list(sundays.series.occurrences.values_list("occurs_on", flat=True))
    assert len(found) == len(set(found)) > 8


@pytest.mark.django_db(transaction=True)
def test_cancelling_waits_for_a_window_that_is_moved_on(sundays, commander, meanwhile):
    with transaction.atomic():
        later = sundays.series.occurrences.order_by("starts_at")[1]
        held = ScheduledMaintenance.objects.select_for_update(of=("self",)).get(pk=later.pk)
        end = meanwhile(lambda: cancel_following(by=commander, maintenance=sundays, text="No more."))
        note(held, "maintenance.updated", None, before={}, after={"text": "x"})
    end()
    assert not sundays.series.occurrences.open().exists()


def test_the_database_refuses_a_window_twice(sundays):
    again = ScheduledMaintenance.objects.get(pk=sundays.pk)
    again.pk, again.uid = None, uuid4()
    with pytest.raises(IntegrityError):
        again.save(force_insert=True)


def test_readers_are_told_of_the_series_once_and_then_of_each_window(sundays, reader, clock):
    expand_due_events()
    mail = Delivery.objects.get().content
    assert mail["subject"] == "[Shop] Scheduled: Index rebuild"
    assert "Repeats every Sunday" in mail["text"]
    assert "Repeats every Sunday" in mail["html"]
    sent = []
    subjects()
    for moment in (datetime(2020, 12, 6, 1, 30, tzinfo=BERLIN), datetime(2020, 12, 6, 2, 1, tzinfo=BERLIN)):
        clock.move_to(moment)
        carry_on_maintenances()
        make_due_occurrences()
        sent += subjects()
    assert sent == ["[Shop] Begins soon: Index rebuild", "[Shop] In progress: Index rebuild"]
    sundays.refresh_from_db()
    other = sundays.series.occurrences.order_by("starts_at")[1]
    assert (sundays.state, other.state) == ("in_progress", "scheduled")


def test_the_page_shows_the_next_window_only(client, shop, sundays):
    html = client.get("/status/shop/").text
    assert html.count("Index rebuild") == 1
    assert "Sun 6 Dec, 02:00" in html
    assert "Repeats every Sunday" in html
    assert client.get("/status/shop/history.atom").text.count("<entry>") == 1
    upcoming = client.get("/status/shop/api/v2/scheduled-maintenances/upcoming.json").json()
    assert len(upcoming["scheduled_maintenances"]) == 8


def test_more_series_take_no_more_queries(client, shop, sundays, commander):
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get("/status/shop/")
        return len(found)

    before = queries()
    for _ in range(3):
        schedule_series(by=commander, series=rule(shop), components=shop.components.all())
    assert queries() == before <= 11


def test_the_calendar_has_each_window_and_keeps_its_uid(client, shop, sundays, commander):
    def events() -> dict[str, str]:
        calendar = Calendar.from_ical(client.get("/status/shop/calendar.ics").content)
        return {str(e["uid"]): str(e["status"]) for e in calendar.walk("VEVENT")}

    before = events()
    assert set(before.values()) == {"CONFIRMED"}
    assert len(before) == 8
    update_maintenance(by=commander, maintenance=sundays, state="cancelled", text="Not this week.")
    series = rule(shop, begins=datetime(2020, 12, 13, 5, tzinfo=BERLIN))
    second = sundays.series.occurrences.get(occurs_on=date(2020, 12, 13))
    change_following(by=commander, maintenance=second, series=series, components=[])
    after = events()
    assert set(before) <= set(after)
    assert after[f"{sundays.uid}@allclear"] == "CANCELLED"
    assert list(after.values()).count("CONFIRMED") == len(after) - 1


def test_one_window_is_cancelled_and_the_others_stay(client, shop, sundays, commander, reader):
    subjects()
    update_maintenance(by=commander, maintenance=sundays, state="cancelled", text="Not this week.")
    assert subjects() == ["[Shop] Cancelled: Index rebuild"]
    assert "Sun 13 Dec, 02:00" in client.get("/status/shop/").text
    make_due_occurrences()
    assert date(2020, 12, 6) not in days(sundays.series)


def test_a_cancelled_only_window_is_followed_by_the_next(shop, commander):
    far = schedule_series(
        by=commander,
        series=rule(shop, frequency="monthly", interval=6, weekdays=""),
        components=[],
    )
    assert len(days(far.series)) == 1
    update_maintenance(by=commander, maintenance=far, state="cancelled", text="No.")
    make_due_occurrences()
    assert days(far.series) == [date(2021, 6, 6)]


def test_this_and_all_later_windows_are_cancelled_and_told_once(client, shop, sundays, commander, reader):
    subjects()
    third = sundays.series.occurrences.get(occurs_on=date(2020, 12, 20))
    cancel_following(by=commander, maintenance=third, text="We have a new index.")
    expand_due_events()
    mail = Delivery.objects.get().content
    assert mail["subject"] == "[Shop] Cancelled: Index rebuild"
    assert "all later ones of its series" in mail["text"]
    make_due_occurrences()
    assert days(sundays.series) == [date(2020, 12, 6), date(2020, 12, 13)]
    assert "Repeats" not in client.get(f"/status/shop/maintenances/{shop.code('maintenance', third.pk)}").text
    history = client.get("/status/shop/history").text
    assert history.count("Maintenance, cancelled") == 1


def test_a_window_changed_on_its_own_stays_when_the_later_ones_change(
    client, shop, sundays, commander, reader
):
    subjects()
    series = sundays.series
    own = series.occurrences.get(occurs_on=date(2020, 12, 13))
    own.starts_at, own.ends_at = own.starts_at + timedelta(days=1), own.ends_at + timedelta(days=1)
    own.title = "Index rebuild on Monday"
    change_maintenance(by=commander, maintenance=own, components=[], text="A day later.")
    saturday = rule(shop, weekdays="SA", begins=datetime(2020, 12, 5, 3, tzinfo=BERLIN), title="Rebuild")
    change_following(by=commander, maintenance=sundays, series=saturday, components=shop.components.all())
    assert subjects() == ["[Shop] Scheduled: Index rebuild on Monday", "[Shop] Scheduled: Rebuild"]
    assert windows(series)[:4] == [
        "05.12. 03:00 scheduled",
        "14.12. 02:00 scheduled",
        "19.12. 03:00 scheduled",
        "26.12. 03:00 scheduled",
    ], "the one of the 14th stands for the 12th"
    own.refresh_from_db()
    assert (own.title, own.occurs_on, own.components.count()) == (
        "Index rebuild on Monday",
        date(2020, 12, 12),
        0,
    )
    first = ScheduledMaintenance.objects.get(pk=sundays.pk)
    assert (first.title, first.version, first.components.count()) == ("Rebuild", 1, 2)
    html = client.get("/status/shop/").text
    assert "Index rebuild on Monday" in html, "what differs from the rule is shown beside the next window"


def test_what_has_begun_stays_when_later_windows_change(shop, sundays, commander, clock):
    clock.move_to(datetime(2020, 12, 6, 2, 1, tzinfo=BERLIN))
    carry_on_maintenances()
    sundays.refresh_from_db()
    with pytest.raises(ValidationError, match="has not begun"):
        change_following(by=commander, maintenance=sundays, series=rule(shop), components=[])
    second = sundays.series.occurrences.get(occurs_on=date(2020, 12, 13))
    monthly = rule(
        shop,
        frequency="monthly",
        weekdays="SU",
        month_on="2",
        begins=datetime(2020, 12, 13, 2, tzinfo=BERLIN),
        count=2,
    )
    change_following(by=commander, maintenance=second, series=monthly, components=[])
    assert windows(sundays.series)[0] == "06.12. 02:00 in_progress"
    assert sundays.series.occurrences.filter(state="cancelled", is_covered=True).count() == 5
    assert days(sundays.series) == [date(2020, 12, 13), date(2021, 1, 10)]


@pytest.mark.parametrize("verb", ["change", "cancel"])
def test_a_form_of_an_earlier_window_does_not_undo_a_later_change(shop, sundays, commander, verb):
    later = sundays.series.occurrences.order_by("starts_at")[3]
    if verb == "cancel":
        cancel_following(by=commander, maintenance=later, text="No more.")
    else:
        plan = rule(shop, begins=datetime(2020, 12, 27, 4, tzinfo=BERLIN))
        change_following(by=commander, maintenance=later, series=plan, components=[])
    with pytest.raises(Conflict):
        change_following(by=commander, maintenance=sundays, series=rule(shop), components=[], version=0)


def test_a_change_that_came_too_late_is_told(shop, sundays, commander):
    change_following(by=commander, maintenance=sundays, series=rule(shop), components=[], version=0)
    with pytest.raises(Conflict):
        change_following(by=commander, maintenance=sundays, series=rule(shop), components=[], version=0)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"duration": timedelta(days=8)}, "at most 7 days"),
        ({"frequency": "daily", "weekdays": "", "duration": timedelta(hours=25)}, "Windows would overlap"),
        ({"count": 501}, "from 2 to 500"),
        ({"interval": 27}, "from 1 to 26"),
        ({"ends_on": date(2020, 12, 5)}, "Choose a later day"),
        ({"begins": datetime(2020, 11, 29, 2, tzinfo=BERLIN)}, "has begun already"),
    ],
)
def test_what_a_series_must_not_be(shop, commander, facts, words):
    with pytest.raises(ValidationError, match=words):
        schedule_series(by=commander, series=rule(shop, **facts), components=[])
    assert not ScheduledMaintenance.objects.exists()


def test_a_window_is_not_moved_onto_another(shop, sundays, commander):
    for later in (timedelta(days=7), timedelta(days=7 * 20)):
        sundays.refresh_from_db()
        moved = ScheduledMaintenance.objects.get(pk=sundays.pk)
        moved.starts_at, moved.ends_at = sundays.starts_at + later, sundays.ends_at + later
        with pytest.raises(ValidationError, match="Another window of this series"):
            change_maintenance(by=commander, maintenance=moved, components=[], text="x")


def test_a_page_has_so_many_series(shop, commander, monkeypatch):
    monkeypatch.setattr("statuspages.workflow.series.MOST_SERIES", 1)
    schedule_series(by=commander, series=rule(shop), components=[])
    with pytest.raises(ValidationError, match="1 repeating maintenances already"):
        schedule_series(by=commander, series=rule(shop), components=[])


def test_a_stakeholder_repeats_nothing(shop, sundays, stakeholder):
    for verb, facts in (
        (schedule_series, {"series": rule(shop), "components": []}),
        (change_following, {"maintenance": sundays, "series": rule(shop), "components": []}),
        (cancel_following, {"maintenance": sundays, "text": "x"}),
    ):
        with pytest.raises(PermissionDenied):
            verb(by=stakeholder, **facts)
    assert MaintenanceSeries.objects.count() == 1


FORM = {
    "title": "Nightly", "text": "Slower.", "starts_at": "2020-12-06T01:00", "ends_at": "2020-12-06T02:00",
    "frequency": "weekly", "interval": "1", "weekdays": ["SU"], "ends": "never", "begins_by_itself": "on",
}  # fmt: skip


def post(client, path, **data):
    return client.post(f"/status-pages/shop/maintenances/{path}", FORM | data)


def test_the_form_previews_five_windows_before_anything_is_announced(client, shop, commander):
    client.force_login(commander)  # in UTC; the page in Berlin
    html = post(client, "new/", preview="1", title="", text="").text
    assert "Repeats every Sunday" in html
    assert "Sun 3 Jan 2021, 02:00–03:00 CET" in html
    assert html.count("02:00–03:00 CET") == 5
    assert "There is a problem" not in html
    assert not ScheduledMaintenance.objects.exists()
    part = client.post(
        "/status-pages/shop/maintenances/new/", FORM | {"preview": "1"}, headers={"HX-Request": "true"}
    ).text
    assert "<form" not in part
    assert part.count("02:00–03:00 CET") == 5


def test_the_preview_says_what_clocks_do(client, shop, commander):
    client.force_login(commander)
    data = {"starts_at": "2021-03-27T01:30", "ends_at": "2021-03-27T02:30", "frequency": "daily"}
    html = post(client, "new/", preview="1", **data).text
    assert "Sun 28 March 2021: 02:30 does not exist, because the clocks go forward." in html
    assert "This window begins at 03:30 CEST." in html
    assert "02:30 comes twice, because the clocks go back." in html


def test_from_the_form_to_each_window(client, shop, commander):
    client.force_login(commander)
    token = str(uuid4())
    first = post(client, "new/", form_token=token).url
    assert post(client, "new/", form_token=token).url == first, "a double click announces once"
    series = MaintenanceSeries.objects.get()
    work = client.get(first).text
    assert "Repeats every Sunday" in work
    assert "Other windows of this series" in work
    change = client.get(f"{first}series/").text
    assert 'value="weekly" selected' in change
    answer = client.post(f"{first}series/", FORM | {"version": "0", "frequency": "monthly", "month_on": "2"})
    assert answer.url == first
    series.refresh_from_db()
    assert in_words(series.recurrence) == "Repeats every month on the second Sunday"
    client.post(first, {"state": "cancel_later", "text": "No more."})
    assert not series.occurrences.upcoming().exists()


def test_a_form_that_is_refused_keeps_what_was_typed(client, shop, commander):
    client.force_login(commander)
    html = post(client, "new/", ends="on_date", ends_on="", title="Typed title").text
    assert "Enter the last day." in html
    assert "Typed title" in html
    html = post(client, "new/", frequency="daily", ends_at="2020-12-08T02:00").text
    assert "Windows would overlap" in html


def test_the_number_of_windows_left_is_asked_from_this_one_on(shop, commander):
    first = schedule_series(by=commander, series=rule(shop, count=5), components=[])
    third = first.series.occurrences.get(occurs_on=date(2020, 12, 20))
    form = RepeatingMaintenanceForm(page=shop, series=first.series, instance=third)
    assert form.initial["count"] == 3
    assert len(form.previewed) == 3


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Repeats every month on the second Sunday, until 1 December 2026"),
        ("de", "Wiederholt sich jeden Monat am zweiten Sonntag, bis 1. Dezember 2026"),
        ("fr", "Se répète chaque mois, le deuxième dimanche, jusqu’au 1 décembre 2026"),
        ("es", "Se repite cada mes, el segundo domingo, hasta el 1 de diciembre de 2026"),
        ("pt-br", "Repete-se todo mês, no segundo domingo, até 1 de dezembro de 2026"),
        ("ja", "毎月第2日曜日に繰り返し（2026年12月1日まで）"),
    ],
)
def test_the_rule_is_told_in_the_language_of_the_page(language, words):
    rule = Recurrence("monthly", date(2026, 3, 8), weekdays=("SU",), month_on="2", ends_on=date(2026, 12, 1))
    with translation.override(language):
        assert in_words(rule) == words


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "pt-br", "ja"])
def test_every_rule_has_words_in_every_language(language):
    first = date(2026, 3, 2)
    rules = [
        Recurrence(frequency, first, interval, weekdays, on, count=count)
        for frequency in ("daily", "weekly", "monthly")
        for interval in (1, 2)
        for weekdays in ((), ("MO",), WEEKDAYS[:5], WEEKDAYS)
        for on in ("", "last_day", "-1")
        for count in (None, 1, 6)
    ]
    with translation.override(language):
        words = [in_words(rule) for rule in rules]
    assert all("%(" not in one for one in words)
    if language != "en":
        assert not [one for one in words if one.startswith("Repeats")]
