"""Does a maintenance live its own life: by people, by the clock, and never twice?"""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from audit.models import AuditEntry
from core.conflict import Conflict
from statuspages.models import ScheduledMaintenance
from statuspages.tasks import carry_on_maintenances
from statuspages.workflow import change_maintenance, keep_look, schedule_maintenance, update_maintenance
from statuspages.workflow.common import lock


def test_it_is_announced_and_recorded(client, shop, work):
    assert AuditEntry.objects.filter(action="maintenance.scheduled").count() == 1
    assert "Search index move" in client.get("/status/shop/").text
    code = shop.code("maintenance", work.pk)
    assert "New products appear later." in client.get(f"/status/shop/maintenances/{code}").text


def test_the_same_form_announces_once(shop, commander):
    def announce(token):
        begins = timezone.now() + timedelta(days=1)
        work = ScheduledMaintenance(
            page=shop, title="x", starts_at=begins, ends_at=begins + timedelta(hours=1)
        )
        return schedule_maintenance(by=commander, maintenance=work, components=[], text="x", form_token=token)

    token = uuid4()
    assert announce(token) == announce(token)
    assert announce(uuid4()).pk
    assert ScheduledMaintenance.objects.count() == 2


def test_a_stakeholder_announces_nothing(work, stakeholder):
    with pytest.raises(PermissionDenied):
        update_maintenance(by=stakeholder, maintenance=work, text="x")
    assert work.updates.count() == 1


@pytest.mark.parametrize(
    ("path", "fits"),
    [
        (["in_progress", "verifying", "completed"], True),
        (["in_progress", "verifying", "in_progress", "completed"], True),
        (["cancelled"], True),
        (["completed"], False),
        (["in_progress", "cancelled"], False),
        (["cancelled", "in_progress"], False),
    ],
)
def test_the_order_of_its_states(work, commander, path, fits):
    def walk():
        for state in path:
            update_maintenance(by=commander, maintenance=work, state=state, text="Now.")

    if fits:
        walk()
        work.refresh_from_db()
        assert work.state == path[-1]
        assert (work.ended_at is not None) == (path[-1] in ("completed", "cancelled"))
    else:
        with pytest.raises(ValidationError):
            walk()


def test_the_clock_begins_and_ends_it(client, shop, work):
    work.ends_by_itself = True
    work.starts_at, work.ends_at = timezone.now() - timedelta(minutes=2), timezone.now() + timedelta(hours=1)
    work.save()
    carry_on_maintenances()
    carry_on_maintenances()
    work.refresh_from_db()
    assert (work.state, work.updates.count()) == ("in_progress", 2)
    assert "Maintenance is in progress" in client.get("/status/shop/").text
    work.ends_at = timezone.now() - timedelta(seconds=1)
    work.save()
    carry_on_maintenances()
    work.refresh_from_db()
    assert (work.state, work.updates.count()) == ("completed", 3)
    assert "All systems are working" in client.get("/status/shop/").text


def test_by_hand_means_by_hand(work):
    work.begins_by_itself = False
    work.starts_at = timezone.now() - timedelta(minutes=2)
    work.save()
    carry_on_maintenances()
    work.refresh_from_db()
    assert work.state == "scheduled"


def test_a_change_that_came_too_late_is_told(shop, work, commander, responder):
    parts = list(shop.components.all())
    mine = ScheduledMaintenance.objects.get(pk=work.pk)
    change_maintenance(by=responder, maintenance=mine, components=parts, text="All of it.", version=0)
    with pytest.raises(Conflict):
        change_maintenance(by=commander, maintenance=work, components=[], text="None.", version=0)
    assert set(work.components.all()) == set(parts)


def test_a_window_that_ends_before_it_begins_is_refused(shop, work, commander):
    work.ends_at = work.starts_at - timedelta(hours=1)
    with pytest.raises(ValidationError, match="ends before it begins"):
        change_maintenance(by=commander, maintenance=work, components=[], text="x")


def test_from_the_form_to_the_page(client, shop, commander):
    client.force_login(commander)
    begins = timezone.now() + timedelta(days=3)
    answer = client.post(
        "/status-pages/shop/maintenances/new/",
        {
            "title": "New printers", "starts_at": f"{begins:%Y-%m-%dT%H:%M}",
            "ends_at": f"{begins + timedelta(hours=2):%Y-%m-%dT%H:%M}", "text": "Parcels wait a day.",
            "begins_by_itself": "on", "components": [shop.components.first().pk],
            "form_token": str(uuid4()),
        },
    )  # fmt: skip
    work = ScheduledMaintenance.objects.get()
    assert answer.url == f"/status-pages/shop/maintenances/{work.pk}/"
    client.post(answer.url, {"state": "in_progress", "text": "Begun."})
    assert "Begun." in client.get("/status/shop/").text
    window = client.get(f"{answer.url}window/")
    assert "New printers" in window.text


def test_the_form_says_in_which_zone_it_begins(client, shop, commander):
    commander.time_zone = "Asia/Tokyo"
    commander.save()
    client.force_login(commander)
    html = client.get("/status-pages/shop/maintenances/new/").text
    assert html.count("In your time zone, Asia/Tokyo. The page shows it in Europe/Berlin.") == 2


def test_a_text_has_an_end(client, shop, work, commander):
    with pytest.raises(ValidationError, match="at most"):
        update_maintenance(by=commander, maintenance=work, text="x" * 5001)
    client.force_login(commander)
    answer = client.post(f"/status-pages/shop/maintenances/{work.pk}/", {"text": "x" * 5001})
    assert "at most 5000 characters" in answer.text
    assert work.updates.count() == 1


def test_a_title_is_one_line(shop, commander):
    begins = timezone.now() + timedelta(days=1)
    moved = ScheduledMaintenance(
        page=shop, title="Search\r\nmoves", starts_at=begins, ends_at=begins + timedelta(hours=1)
    )
    schedule_maintenance(by=commander, maintenance=moved, components=[], text="x")
    assert ScheduledMaintenance.objects.get().title == "Search moves"


@pytest.mark.django_db(transaction=True)
def test_an_update_and_a_change_of_the_page_wait_for_each_other(shop, work, commander, admin, meanwhile):
    with transaction.atomic():
        lock(shop)
        end = meanwhile(lambda: update_maintenance(by=commander, maintenance=work, text="Now."))
        keep_look(by=admin, page=shop, accent="#1f6feb", logo=None)
    end()
    assert work.updates.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_double_click_at_the_same_moment_announces_once(shop, commander, meanwhile):
    begins = timezone.now() + timedelta(days=1)
    token = uuid4()

    def announce():
        work = ScheduledMaintenance(
            page=shop, title="x", starts_at=begins, ends_at=begins + timedelta(hours=1)
        )
        return schedule_maintenance(by=commander, maintenance=work, components=[], text="x", form_token=token)

    with transaction.atomic():
        announce()
        end = meanwhile(announce)
    end()
    assert ScheduledMaintenance.objects.count() == 1
