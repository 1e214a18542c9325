"""Do entries show times on both clocks and names in place of numbers?"""

import re
from datetime import date

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.workflow import invite_people
from action_items.workflow import add_action_item
from incidents.workflow import add_task, complete_task, mitigate_incident


@pytest.fixture
def trail(client, incident, admin):
    """`trail()` is the audit trail of the incident as the administrator sees it."""
    client.force_login(admin)
    return lambda: client.get(reverse("audit_trail", args=[incident.reference])).content.decode()


def test_a_recorded_time_is_shown_on_both_clocks(trail, incident, commander):
    mitigate_incident(incident=incident, by=commander)
    found = trail().split("mitigated at")[1].split("</dd>")[0]
    assert "<time datetime=" in found
    assert re.search(r"\d\d:\d\d\s+\(\d\d:\d\d UTC\)|\d\d:\d\d \(.*UTC\)", strip_tags(found))


def test_no_raw_time_is_left(trail, incident, commander):
    mitigate_incident(incident=incident, by=commander)
    assert not re.search(r"\d{4}-\d\d-\d\dT\d\d", strip_tags(trail()))


def test_a_recorded_day_is_written_as_elsewhere(client, admin, incident, commander):
    item = add_action_item(
        title="Drop the shared host", by=commander, incident=incident, due_on=date(2026, 12, 1)
    )
    client.force_login(admin)
    found = strip_tags(client.get(item.get_absolute_url()).text)
    assert "1 Dec 2026" in found
    assert "2026-12-01" not in found


def test_a_task_is_named(trail, incident, commander):
    task = add_task(incident=incident, by=commander, title="Page the vendor")
    complete_task(task=task, by=commander)
    found = strip_tags(trail().split("task completed")[1].split("</tr>")[0])
    assert "Page the vendor" in found


def test_an_incident_and_who_did_it_are_links(trail, incident, commander):
    found = trail()
    assert f'href="{incident.get_absolute_url()}">{incident.reference}</a>' in found
    assert f'href="{reverse("person", args=[commander.pk])}"' in found


def test_only_administrators_get_links_to_people(client, incident, responder, commander):
    client.force_login(responder)
    page = client.get(reverse("audit_trail", args=[incident.reference])).content.decode()
    assert commander.name in page
    assert reverse("person", args=[commander.pk]) not in page


def test_the_trail_of_the_installation(client, admin):
    invite_people(by=admin, emails=["kim@example.test"], installation_role="responder")
    client.force_login(admin)
    assert "kim@example.test" in client.get(reverse("settings_audit")).content.decode()
