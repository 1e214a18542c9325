"""Does one failure, or another administrator at the same moment, leave the rest of the pages alone?"""

import logging
from datetime import time, timedelta
from uuid import uuid4

import pytest
from django.core import signing
from django.db import connection, transaction
from django.utils import timezone

from incidents.workflow.transitions import FormUsed
from statuspages.models import MaintenanceSeries, ScheduledMaintenance, StatusPage
from statuspages.tasks import carry_on_maintenances, make_due_occurrences
from statuspages.workflow import (
    confirm_endpoint,
    keep_page,
    request_webhook,
    schedule_maintenance,
    schedule_series,
)
from statuspages.workflow.subscribing import ENDPOINT_SALT

REFUSES = """
CREATE FUNCTION refuse_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'this row is refused'; END $$;
CREATE TRIGGER refuse_row BEFORE UPDATE ON {table} FOR EACH ROW WHEN (OLD.id = {pk}) EXECUTE FUNCTION refuse_row();
"""


def refuse(row) -> None:
    """The database refuses every change of this row, until the test is over."""
    with connection.cursor() as cursor:
        cursor.execute(REFUSES.format(table=row._meta.db_table, pk=int(row.pk)))


def announce(page, by, **facts) -> ScheduledMaintenance:
    begins = timezone.now() + timedelta(hours=3)
    token = facts.pop("form_token", None)
    work = ScheduledMaintenance(
        page=page, title="Move", starts_at=begins, ends_at=begins + timedelta(hours=1), **facts
    )
    return schedule_maintenance(by=by, maintenance=work, components=[], text="It moves.", form_token=token)


def repeat(page, by, form_token=None) -> ScheduledMaintenance:
    series = MaintenanceSeries(
        page=page, title="Weekly", text="It moves.", frequency="weekly", weekdays="", begins_at=time(3), time_zone="UTC",
        first_on=timezone.now().date() + timedelta(days=1), duration=timedelta(hours=1),
    )  # fmt: skip
    return schedule_series(by=by, series=series, components=[], form_token=form_token)


def test_a_maintenance_that_fails_is_named_and_the_others_begin(shop, commander, caplog):
    works = [announce(shop, commander) for _ in range(3)]
    ScheduledMaintenance.objects.update(starts_at=timezone.now() - timedelta(minutes=1))
    newest = ScheduledMaintenance.objects.first()
    refuse(newest)
    with caplog.at_level(logging.ERROR):
        carry_on_maintenances()
    states = dict(ScheduledMaintenance.objects.values_list("pk", "state"))
    assert {pk for pk, state in states.items() if state == "scheduled"} == {newest.pk}
    assert len(states) == len(works)
    assert f"scheduled maintenance {newest.pk} failed" in caplog.text


def test_a_series_that_fails_lets_the_others_go_on(shop, commander, caplog):
    first, _second = repeat(shop, commander).series, repeat(shop, commander).series
    MaintenanceSeries.objects.update(due_at=timezone.now())
    refuse(MaintenanceSeries.objects.due().first())
    with caplog.at_level(logging.ERROR):
        make_due_occurrences()
    due = set(MaintenanceSeries.objects.filter(due_at__lte=timezone.now()).values_list("pk", flat=True))
    assert due == {first.pk}, "the second went on"
    assert f"maintenance series {first.pk} failed" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_two_people_who_choose_two_default_pages_leave_one(make_page, admin, meanwhile):
    make_page("old", is_default=True)
    one, two = make_page("one"), make_page("two")

    def choose(page):
        page.is_default = True
        keep_page(by=admin, page=page)

    with transaction.atomic():
        choose(two)
        end = meanwhile(lambda: choose(one))
    end()
    assert [p.slug for p in StatusPage.objects.filter(is_default=True)] == ["one"]


@pytest.mark.django_db(transaction=True)
def test_two_default_pages_that_are_changed_crosswise_do_not_wait_forever(make_page, admin, meanwhile):
    one, two = make_page("one", is_default=True), make_page("two")
    StatusPage.objects.filter(pk=two.pk).update(is_default=True)
    two.refresh_from_db()
    with transaction.atomic():
        StatusPage.objects.select_for_update().get(pk=one.pk)
        end = meanwhile(lambda: keep_page(by=admin, page=two))
        keep_page(by=admin, page=one)
    end()
    assert [p.slug for p in StatusPage.objects.filter(is_default=True)] == ["two"]


def test_asking_again_changes_nothing_before_the_endpoint_confirms(shop):
    payments, search = shop.components.order_by("name")
    request_webhook(page=shop, url="https://hooks.example.test/in", components=[payments])
    row = shop.subscribers.get()
    token = signing.dumps([row.pk, [payments.pk]], salt=ENDPOINT_SALT)
    request_webhook(page=shop, url="https://hooks.example.test/in", components=[search])
    assert not row.components.exists()
    confirm_endpoint(page=shop, token=token)
    row.refresh_from_db()
    assert not row.hears_all
    assert list(row.components.all()) == [payments]


@pytest.mark.parametrize("make", [announce, repeat])
def test_a_form_token_of_another_page_is_refused_in_words(shop, make_page, commander, make):
    token, other = uuid4(), make_page("other")
    made = make(shop, commander, form_token=token)
    assert make(shop, commander, form_token=token) == made
    with pytest.raises(FormUsed, match="announced maintenance on another page already"):
        make(other, commander, form_token=token)
