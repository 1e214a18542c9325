"""Does a form that is sent twice at the same instant, to one page or to two, make one thing and never fail?

Real threads on real transactions: both requests look for what the form made before either has stored it.
"""

from datetime import time, timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from action_items.models import ActionItem
from action_items.workflow import add_action_item
from incidents.models import Audience, StatusUpdate
from incidents.workflow import FormUsed, declare_incident, post_no_change, post_status_update
from retros.models import Retrospective, Subject
from retros.workflow import open_retrospective
from statuspages.models import MaintenanceSeries, ScheduledMaintenance
from statuspages.workflow import schedule_maintenance, schedule_series
from tests.incidents.test_concurrent_declarations import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def tried(verb, **arguments):
    """A job that returns what `verb` made, or the refusal a form shows."""

    def run():
        try:
            return verb(**arguments)
        except ValidationError as refusal:
            return refusal

    return run


def twice(*jobs) -> tuple[list, list]:
    """What two jobs beside each other made, and what was refused."""
    results = at_once(list(jobs), threads=2)
    refused = [r for r in results if isinstance(r, ValidationError)]
    return [r for r in results if not isinstance(r, ValidationError)], refused


def work(page, by, token, title="Move"):
    begins = timezone.now() + timedelta(hours=3)
    row = ScheduledMaintenance(page=page, title=title, starts_at=begins, ends_at=begins + timedelta(hours=1))
    return tried(
        schedule_maintenance, by=by, maintenance=row, components=[], text="It moves.", form_token=token
    )


def weekly(page, by, token):
    series = MaintenanceSeries(
        page=page, title="Weekly", text="It moves.", frequency="weekly", weekdays="", begins_at=time(3), time_zone="UTC",
        first_on=timezone.now().date() + timedelta(days=1), duration=timedelta(hours=1),
    )  # fmt: skip
    return tried(schedule_series, by=by, series=series, components=[], form_token=token)


def update(incident, by, token):
    return tried(
        post_status_update,
        incident=incident,
        by=by,
        audiences=[Audience.EXECUTIVES],
        known="It fails.",
        no_open_unknowns=True,
        published_at=incident.declared_at,
        form_token=token,
    )


@pytest.mark.parametrize("round_", range(5))
@pytest.mark.parametrize("make", [work, weekly])
def test_maintenance_sent_to_two_pages_is_announced_on_one(make, make_page, commander, round_):
    one, two, token = make_page("one"), make_page("two"), uuid4()
    made, refused = twice(make(one, commander, token), make(two, commander, token))
    assert (len(made), len(refused)) == (1, 1)
    assert "announced maintenance on another page already" in str(refused[0])


@pytest.mark.parametrize("make", [work, weekly])
def test_maintenance_sent_twice_to_one_page_is_one(make, make_page, commander):
    page, token = make_page("one"), uuid4()
    made, refused = twice(make(page, commander, token), make(page, commander, token))
    assert not refused
    assert made[0] == made[1]


def test_one_window_and_a_series_of_one_form_are_not_both_announced(make_page, commander):
    page, token = make_page("one"), uuid4()
    made, refused = twice(work(page, commander, token), weekly(page, commander, token))
    assert (len(made), len(refused)) == (1, 1)
    assert isinstance(refused[0], FormUsed)


@pytest.mark.parametrize("round_", range(5))
def test_a_retrospective_started_twice_is_one(commander, round_):
    start = tried(
        open_retrospective, by=commander, title="Sprint 12", subject=Subject.SPRINT, form_token=uuid4()
    )
    made, refused = twice(start, start)
    assert not refused
    assert made[0] == made[1] == Retrospective.objects.get()


def test_two_people_do_not_start_one_retrospective(commander, responder):
    token = uuid4()
    made, refused = twice(
        *(
            tried(open_retrospective, by=by, title=f"Of {by}", subject=Subject.SPRINT, form_token=token)
            for by in (commander, responder)
        )
    )
    assert (len(made), len(refused)) == (1, 1)
    assert "started a retrospective already" in str(refused[0])


@pytest.mark.parametrize("round_", range(5))
def test_an_update_sent_to_two_incidents_is_posted_on_one(commander, severity, round_):
    one, two = (declare_incident(by=commander, title=t, severity=severity(3)) for t in ("One", "Two"))
    token = uuid4()
    made, refused = twice(update(one, commander, token), update(two, commander, token))
    assert (len(made), len(refused), StatusUpdate.objects.count()) == (1, 1, 1)
    assert "published an update already" in str(refused[0])


@pytest.mark.parametrize("round_", range(5))
def test_no_change_sent_to_two_incidents_is_posted_on_one(commander, severity, readers, round_):
    incidents = [declare_incident(by=commander, title=t, severity=severity(3)) for t in ("One", "Two")]
    for incident in incidents:
        post_status_update(
            incident=incident,
            by=commander,
            audiences=[Audience.EXECUTIVES],
            known="It fails.",
            no_open_unknowns=True,
            next_update_at=timezone.now() + timedelta(minutes=30),
        )
    token = uuid4()
    jobs = [tried(post_no_change, incident=i, by=commander, form_token=token) for i in incidents]
    made, refused = twice(*jobs)
    assert (len(made), len(refused), StatusUpdate.objects.count()) == (1, 1, 3)
    assert "published an update already" in str(refused[0])


@pytest.mark.parametrize("round_", range(5))
def test_an_action_item_added_for_two_incidents_is_added_once(commander, severity, round_):
    token = uuid4()
    one, two = (declare_incident(by=commander, title=t, severity=severity(3)) for t in ("One", "Two"))
    jobs = [
        tried(add_action_item, by=commander, title="Alert on it", incident=i, form_token=token)
        for i in (one, two)
    ]
    made, refused = twice(*jobs)
    assert not refused
    assert made[0] == made[1] == ActionItem.objects.get()


def test_the_pages_answer_in_words(make_page, commander):
    """Both requests are answered with a page: one goes on to what was made, the other says that it was sent before."""
    pages, token = [make_page("one"), make_page("two")], uuid4()
    begins = timezone.localtime() + timedelta(days=1)
    sent = {
        "title": "Move", "text": "It moves.", "starts_at": f"{begins:%Y-%m-%dT%H:%M}",
        "ends_at": f"{begins + timedelta(hours=1):%Y-%m-%dT%H:%M}", "reminds": "on", "form_token": str(token),
    }  # fmt: skip
    clients, both = [], Barrier(2)
    for _ in pages:
        client = Client(raise_request_exception=False)
        client.force_login(commander)
        clients.append(client)

    def send(client, page):
        both.wait(20)
        return client.post(reverse("maintenance_new", args=[page.slug]), sent)

    answers = at_once([lambda c=c, p=p: send(c, p) for c, p in zip(clients, pages, strict=True)], threads=2)
    assert sorted(answer.status_code for answer in answers) == [200, 302], [
        a.context and a.context["form"].errors for a in answers
    ]
    refused = next(answer for answer in answers if answer.status_code == 200)
    assert "announced maintenance on another page already" in refused.content.decode()
    assert connection.connection is None or ScheduledMaintenance.objects.count() == 1
