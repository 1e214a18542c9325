"""What runs every few seconds by itself: from the scheduler, and in each worker without any broker."""

import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.module_loading import import_string

from config.celery import app
from notifications.models import Delivery, Heartbeat, OutboxMessage
from notifications.tasks import tidy_up
from notifications.worker import Sweeper
from notifications.workflow import enqueue, hour_has_passed
from tests.faults.conftest import until


def test_the_scheduler_runs_every_sweep_by_its_name():
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled == set(settings.SWEEPS)
    assert set(settings.SWEEPS) <= set(app.tasks)
    assert all(entry["schedule"] <= 5 for entry in settings.CELERY_BEAT_SCHEDULE.values())


@pytest.mark.parametrize("name", settings.SWEEPS)
@pytest.mark.django_db
def test_every_sweep_can_run_twice(name):
    import_string(name)()
    import_string(name)()


def test_a_worker_starts_them_before_it_looks_for_its_broker():
    names = [str(step) for step in app.steps["worker"]]
    assert "notifications.worker:WithoutBroker" in names


runs: list[int] = []


def fail_at_first() -> None:
    runs.append(threading.get_ident())
    if len(runs) == 1:
        raise ZeroDivisionError


def test_one_that_fails_is_run_again(monkeypatch):
    monkeypatch.setattr("notifications.worker.SWEEP_EVERY", 0.05)
    sweeper = Sweeper("tests.notifications.test_sweeps.fail_at_first")
    sweeper.start()
    assert until(lambda: len(runs) >= 3, seconds=5)
    sweeper.stop()


@pytest.mark.django_db
class TestTidying:
    @pytest.fixture(autouse=True)
    def rows(self, webhook, send_to):
        for n in range(55):
            send_to(key=f"channel {n}", channel=webhook)
        send_to(key="old mail", address="a@example.test")
        send_to(key="called back", address="b@example.test")
        send_to(key="given up", address="c@example.test")
        send_to(key="new mail", address="d@example.test")
        Delivery.objects.update(state="delivered", created_at=timezone.now() - timedelta(days=40))
        Delivery.objects.filter(key="called back").update(state="withdrawn")
        Delivery.objects.filter(key="given up").update(state="dead")
        Delivery.objects.filter(key="new mail").update(created_at=timezone.now())
        message = enqueue(topic="t", subject="s", payload={})
        OutboxMessage.objects.filter(pk=message.pk).update(done_at=timezone.now() - timedelta(days=40))

    def test_forgets_what_was_delivered_long_ago_but_the_last_fifty_of_a_channel(self, webhook):
        tidy_up()
        assert Delivery.objects.filter(channel=webhook).count() == 50
        assert set(Delivery.objects.filter(channel=None).values_list("key", flat=True)) == {
            "given up",
            "new mail",
        }
        assert not OutboxMessage.objects.exists()

    def test_at_most_once_an_hour(self):
        Heartbeat.objects.create(name="housekeeping", at=timezone.now() - timedelta(minutes=30))
        tidy_up()
        assert Delivery.objects.filter(key="old mail").exists()

    def test_a_clock_that_was_wrong_does_not_stop_it(self):
        Heartbeat.objects.create(name="housekeeping", at=timezone.now() + timedelta(days=300))
        assert hour_has_passed()
        assert not hour_has_passed()


@pytest.mark.django_db
def test_one_whose_senders_keep_dying_is_given_up(send_to):
    send_to(key="deadly", address="a@example.test")
    Delivery.objects.update(attempts=30, lease_until=Now() - timedelta(seconds=1))
    tidy_up()
    assert [row.key for row in Delivery.objects.dead()] == ["deadly"]
