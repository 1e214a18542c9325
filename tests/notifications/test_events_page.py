"""Can an administrator choose what a webhook gets, and see what is chosen?"""

import pytest
from django.urls import reverse

from notifications.forms import ChannelEventsForm
from notifications.workflow import add_channel, choose_events

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(admin):
    made = add_channel(by=admin, name="Deploy bot", kind="webhook", url="https://receiver.example.test/in")
    return choose_events(by=admin, channel=made, events=["incident.declared"])


def test_what_is_chosen_is_seen_and_kept(client, admin, channel):
    client.force_login(admin)
    address = reverse("channel_events", args=[channel.pk])
    page = client.get(address).text
    assert "1 chosen" in page
    assert "`" not in page
    answer = client.post(
        address,
        {
            "body_format": "cloudevents",
            "services": "payments",
            "events": ["incident.declared", "role.assigned"],
        },
    )
    assert answer.status_code == 302
    channel.refresh_from_db()
    assert channel.events == ["incident.declared", "role.assigned"]
    assert (channel.services, channel.body_format) == (["payments"], "cloudevents")


def test_a_refused_one_keeps_what_was_chosen(client, admin, channel):
    client.force_login(admin)
    page = client.post(
        reverse("channel_events", args=[channel.pk]),
        {"body_format": "standard", "services": "no such!", "events": ["role.assigned"]},
    )
    assert page.context["form"].errors.keys() == {"services"}
    chosen = [
        row.data["value"]
        for _s, rows, _n in page.context["form"].subjects
        for row in rows
        if row.data["selected"]
    ]
    assert chosen == ["role.assigned"]


def test_every_event_stands_under_a_subject():
    form = ChannelEventsForm()
    shown = {row.data["value"] for _subject, rows, _chosen in form.subjects for row in rows}
    assert shown == {value for _subject, events in form.fields["events"].choices for value, _said in events}
