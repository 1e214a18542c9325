"""What is on Home when more runs than fits, and whose update is asked for?"""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.models import UpdateSchedule
from incidents.workflow import declare_incident
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
    assert len(queries) <= 13
