"""Do the jobs of a worker run when they are asked for, when their time has come, and again after a failure?"""

import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.module_loading import import_string

from action_items.models import ActionDigest, ActionItem, ActionReminder
from action_items.workflow import add_action_item, complete_action_item
from config.celery import app
from incidents.models import Incident, Reminder
from incidents.workflow import declare_incident
from notifications.models import Delivery, Heartbeat, OutboxMessage
from notifications.tasks import tidy_up
from notifications.worker import LONG_JOBS_AT_ONCE, Job, Scheduler
from notifications.workflow import enqueue, hour_has_passed, wake_worker
from retros.models import DueReminder, Retrospective
from retros.workflow import start_retrospective
from statuspages.models import MaintenanceUpdate, PageSubscriber, ScheduledMaintenance, StatusPage
from statuspages.workflow import keep_page, request_subscription, schedule_maintenance
from subscribers.models import Notice
from tests.faults.conftest import until
from tests.made_events import Made


@pytest.mark.django_db
def test_every_job_can_be_found_and_says_when_it_is_due():
    for name, options in settings.JOBS.items():
        job = Job.of(name, **options)
        assert callable(import_string(name)), name
        assert job.next_at is None or job.next_at() is None, (
            f"{name}: nothing is due in an empty installation"
        )


def test_beat_looks_after_what_a_lost_notification_asked_for():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)


MONDAY = datetime(2026, 3, 23, 10, tzinfo=UTC)


@pytest.fixture
def due(commander, responder, admin, severity, settings, tmp_path):
    """On a Monday morning something of each kind that a sweep looks for."""
    settings.DATA_DIR = tmp_path
    today = MONDAY.date()
    with time_machine.travel(MONDAY - timedelta(days=9), tick=False):
        first = declare_incident(by=commander, title="Slow", severity=severity(4))
        retrospective = start_retrospective(incident=first, by=commander, owner=responder)
        page = keep_page(by=admin, page=StatusPage(name="Shop", slug="shop", is_published=True))
        facts = {"retrospective": retrospective, "by": commander, "owner": responder}
        add_action_item(title="Alert", due_on=today, **facts)
        helped = add_action_item(title="Helped", **facts)
        complete_action_item(item=helped, by=responder)
        request_subscription(page=page, address="never@example.test")
        begins = ScheduledMaintenance(
            page=page, title="Move", starts_at=MONDAY, ends_at=MONDAY + timedelta(hours=3), reminds=False
        )
        schedule_maintenance(by=commander, maintenance=begins, components=[], text="Nothing changes.")
    Retrospective.objects.update(due_on=today)
    ActionItem.objects.filter(pk=helped.pk).update(ask_helped_on=today)
    Incident.objects.update(status="closed")
    with time_machine.travel(MONDAY - timedelta(hours=1), tick=False):
        declare_incident(by=commander, title="Checkout fails", severity=severity(1))


def _said() -> Counter:
    """What there is by now, of everything that a sweep writes."""
    rows = Counter(OutboxMessage.objects.values_list("topic", flat=True))
    for model in (Delivery, Notice, Reminder, ActionReminder, ActionDigest, DueReminder, MaintenanceUpdate):
        rows[model.__name__] = model.objects.count()
    rows["unanswered"] = PageSubscriber.objects.count()
    rows["sent"] = len(mail.outbox)
    rows["page"] = sum(StatusPage.objects.values_list("copied_version", flat=True))
    return rows


@pytest.mark.django_db
def test_every_job_twice_does_everything_once(due):
    with time_machine.travel(MONDAY, tick=False):
        before = _said()
        for _ in range(2):  # what one sweep writes, another sends
            for name in settings.JOBS:
                import_string(name)()
        once = _said()
        new = {topic: count for topic, count in (once - before).items() if "." in topic}
        assert new == {
            "reminder.due": 1,
            "action_item.reminder": 2,
            "action_items.digest": 1,
            "retrospective.due": 1,
            "maintenance.in_progress": 1,
        }
        assert once["unanswered"] == before["unanswered"] - 1
        assert not OutboxMessage.objects.pending().filter(due_at__lte=Now()).exists()
        assert once["Delivery"] == once["sent"] > before["sent"]
        for _ in range(2):
            for name in settings.JOBS:
                import_string(name)()
        assert _said() == once


def test_a_worker_starts_them_before_it_looks_for_its_broker():
    names = [str(step) for step in app.steps["worker"]]
    assert "notifications.worker:WithoutBroker" in names


runs: Counter[str] = Counter()
finished = threading.Event()
HERE = "tests.notifications.test_jobs"


def fail_at_first() -> None:
    runs["fails"] += 1
    if runs["fails"] == 1:
        raise ZeroDivisionError


def take_long() -> None:
    runs["long"] += 1
    finished.wait(60)


take_as_long = take_long


def do_little() -> None:
    runs["little"] += 1


def just_now() -> datetime:
    return timezone.now()


@pytest.fixture
def scheduled(transactional_db):
    """`scheduled(Job(…), …)` runs these until the test ends; starts when it listens."""
    started: list[Scheduler] = []
    runs.clear()

    def start(*jobs: Job) -> Scheduler:
        started.append(Scheduler([*jobs, Job(f"{HERE}.do_little")]))
        started[-1].start()
        assert until(lambda: runs["little"], seconds=20)
        return started[-1]

    finished.clear()
    yield start
    finished.set()
    for scheduler in started:
        scheduler.stop(20)


class TestScheduler:
    def test_runs_a_job_again_that_failed(self, scheduled):
        scheduled(Job(f"{HERE}.fail_at_first", every=0.05))
        assert until(lambda: runs["fails"] >= 3, seconds=20)

    def test_runs_a_job_that_is_asked_for_once_the_change_is_committed(self, scheduled):
        scheduled()
        with transaction.atomic():
            wake_worker(f"{HERE}.do_little")
            wake_worker("of.another.version")
        assert until(lambda: runs["little"] == 2, seconds=20)

    def test_looks_when_there_is_something_to_do(self, scheduled):
        scheduled(Job(f"{HERE}.fail_at_first", next_at=just_now))
        assert until(lambda: runs["fails"] >= 2, seconds=20)

    def test_what_takes_long_holds_nothing_up_and_runs_once_at_a_time(self, scheduled):
        scheduled(Job(f"{HERE}.take_long", every=0.05, takes_long=True))
        assert until(lambda: runs["long"], seconds=20)
        wake_worker(f"{HERE}.do_little")
        assert until(lambda: runs["little"] == 2, seconds=20)
        assert runs["long"] == 1

    def test_what_has_a_thread_waits_for_nothing_that_takes_long(self, scheduled):
        long = [Job(f"{HERE}.{name}", every=0.05, takes_long=True) for name in ("take_long", "take_as_long")]
        scheduled(*long, Job(f"{HERE}.fail_at_first", every=0.05, has_thread=True))
        assert until(lambda: runs["long"] == LONG_JOBS_AT_ONCE, seconds=20)
        ran = runs["fails"]
        assert until(lambda: runs["fails"] > ran, seconds=20)

    def test_what_takes_long_runs_no_more_often_than_it_should(self, scheduled):
        finished.set()
        scheduled(Job(f"{HERE}.take_long", takes_long=True))
        assert until(lambda: runs["long"], seconds=20)
        wake_worker(f"{HERE}.do_little")
        assert until(lambda: runs["little"] == 2, seconds=20)
        assert runs["long"] == 1

    def test_waits_longer_each_time_for_a_job_that_runs_in_vain(self):
        job = Job(f"{HERE}.do_little", next_at=lambda: timezone.now() - timedelta(hours=1))
        waits = []
        for _ in range(8):
            job.look_ahead()
            waits.append(round(job.due - time.monotonic()))
        assert waits == [1, 2, 4, 8, 16, 32, 32, 32]
        job.next_at = lambda: None
        job.look_ahead()
        assert round(job.due - time.monotonic()) == job.every
        assert job.in_vain == 0

    def test_listens_again_after_its_connection_was_lost(self, scheduled):
        scheduled()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        assert until(lambda: runs["little"] == 2, seconds=20), "what was asked for meanwhile may be lost"
        wake_worker(f"{HERE}.do_little")
        assert until(lambda: runs["little"] == 3, seconds=20)


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
        message = enqueue(event=Made(), subject="s")
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
