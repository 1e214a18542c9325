"""What is on Home when more runs than fits, and whose update is asked for?"""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.models import Role, Severity, UpdateSchedule
from incidents.workflow import add_task, assign_role, complete_task, declare_incident, post_status_update
from shell.home_queries import SHOWN


@pytest.fixture
def crowd(commander, responder, severity, readers):
    """One SEV3 of the responder's, and more urgent ones of the commander's than Home shows."""
    last = declare_incident(by=responder, title="Labels are printed twice", severity=severity(3))
    for number in range(SHOWN):
        declare_incident(by=commander, title=f"Checkout {number} is slow", severity=severity(2))
    return last


def test_all_are_counted_and_one_click_away(client, commander, crowd):
    client.force_login(commander)
    told = client.get("/").text
    assert told.count("data-row") == SHOWN
    assert f">{SHOWN + 1}</span>" in told
    assert f'href="/incidents/?q=is:active">All {SHOWN + 1} active incidents</a>' in told
    assert "Labels are printed twice" in client.get("/incidents/?q=is:active").text


def test_an_update_is_asked_for_even_of_one_that_is_not_shown(client, responder, crowd):
    client.force_login(responder)
    assert f'data-owed="{crowd.reference}"' in client.get("/").text


def test_the_update_that_is_due_first_is_asked_for(client, commander, crowd):
    last = declare_incident(by=commander, title="Search is empty", severity=crowd.severity)
    sooner = timezone.now() + timedelta(minutes=1)
    UpdateSchedule.objects.filter(incident=last).update(due_at=sooner)
    client.force_login(commander)
    assert f'data-owed="{last.reference}"' in client.get("/").text


def test_what_others_command_is_owed_by_nobody_else(client, outsider, crowd):
    client.force_login(outsider)
    assert "data-owed" not in client.get("/").text


def test_the_others_cost_two_queries_more_however_many(client, commander, crowd):
    client.force_login(commander)
    client.get("/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/")
    assert len(queries) <= 15


@pytest.fixture
def waiting(incident, responder):
    """An update of the responder's that the commander has to approve."""
    Severity.objects.filter(pk=incident.severity_id).update(approves_updates=True)
    incident.refresh_from_db()
    return post_status_update(
        incident=incident,
        by=responder,
        audiences=["stakeholders"],
        known="Zephyrquartz is slow.",
        unknown="Why",
        next_update_at=timezone.now() + timedelta(minutes=20),
    )


def test_an_update_to_approve_is_the_first_thing_its_approver_sees(client, commander, incident, waiting):
    client.force_login(commander)
    page = client.get("/").text
    address = f"/incidents/{incident.reference}/status-updates/{waiting.pk}/approval/"
    assert address in page
    assert "Zephyrquartz is slow." in page
    assert page.index(f'data-approval="{incident.reference}"') < page.index("data-owed")


def test_whoever_took_the_role_later_sees_it_and_why_not_to_approve(
    client, commander, admin, incident, waiting
):
    assign_role(incident=incident, role=Role.objects.get(slug="deputy"), user=admin, by=commander)
    client.force_login(admin)
    assert "You took the role after it was written" in client.get("/").text


def test_nobody_else_is_asked_to_approve_it(client, responder, stakeholder, outsider, waiting):
    for person in (responder, stakeholder, outsider):
        client.force_login(person)
        assert "data-approval" not in client.get("/").text


def test_my_open_tasks_are_shown_and_nobody_elses(client, incident, commander, responder, outsider):
    """The five due first; those of other people, and those that are done, are not."""
    add_task(incident=incident, by=commander, title="Page the vendor", owner=responder, minutes=15)
    done = add_task(incident=incident, by=commander, title="Freeze deployments", owner=responder)
    complete_task(task=done, by=responder, done=True)
    client.force_login(responder)
    told = client.get("/").text
    assert "Page the vendor" in told
    assert f'href="{incident.get_absolute_url()}#tasks"' in told
    assert "Freeze deployments" not in told
    client.force_login(outsider)
    assert "Page the vendor" not in client.get("/").text
