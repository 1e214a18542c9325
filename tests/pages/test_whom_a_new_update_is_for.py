"""Does the composer tick those who wait for a word, and say what somebody else has posted meanwhile?"""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.models import StatusUpdate
from incidents.workflow import declare_incident, post_status_update, request_update
from tests.asked import asked_of


@pytest.fixture
def composer(client, commander, incident):
    client.force_login(commander)
    return incident.get_absolute_url() + "status-updates/new/"


@pytest.fixture
def public_only(incident, commander):
    return post_status_update(
        incident=incident,
        by=commander,
        audiences=["public"],
        public_title="Checkout",
        wordings={"public": {"known": "Slow."}},
        no_open_unknowns=True,
        next_update_at=timezone.now() + timedelta(hours=3),
    )


def ticked(answer) -> list[str]:
    return [str(audience) for audience in answer.context["form"].chosen]


def test_whom_the_link_of_a_reminder_names(client, composer, public_only):
    assert ticked(client.get(composer)) == ["public", "stakeholders"]  # whose update is due next
    assert ticked(client.get(composer + "?audience=executives")) == ["public", "stakeholders", "executives"]
    assert ticked(client.get(composer + "?audience=nobody")) == ["public", "stakeholders"]


def test_who_asks(client, composer, incident, stakeholder, public_only):
    request_update(incident=incident, by=stakeholder)
    assert ticked(client.get(composer)) == ["public", "stakeholders"]


def test_whose_update_is_overdue(client, composer, incident, public_only):
    due = incident.update_schedules.get(audience="stakeholders").due_at
    with time_machine.travel(due + timedelta(minutes=1)):
        assert set(ticked(client.get(composer))) >= {"stakeholders", "public"}


def test_a_private_incident_never_ticks_the_public(client, commander, private_incident):
    client.force_login(commander)
    composer = private_incident.get_absolute_url() + "status-updates/new/?audience=public"
    assert ticked(client.get(composer)) in ([], ["stakeholders"])


def _typed(seen, **more) -> dict:
    return {
        "audiences": ["stakeholders"], "known": "Mine.", "no_open_unknowns": True, "next_minutes": 30,
        "form_token": str(uuid4()), "seen": str(seen),
    } | more  # fmt: skip


def _tom_posts(incident, responder):
    return post_status_update(
        incident=incident,
        by=responder,
        audiences=["stakeholders"],
        known="Zephyrquartz is back.",
        no_open_unknowns=True,
        next_update_at=timezone.now() + timedelta(minutes=20),
    )


def test_what_somebody_else_posted_meanwhile_is_said_before_mine_leaves(
    client, composer, incident, responder
):
    typed = _typed(client.get(composer).context["form"]["seen"].value())
    other = _tom_posts(incident, responder)
    preview = client.post(composer.replace("new/", "preview/"), typed)
    assert f"{responder} posted at" in preview.text
    held = client.post(composer, typed)
    assert held.status_code == 409
    assert "Yours is not posted yet" in held.text
    assert "Zephyrquartz is back." in held.text
    assert "Mine." in held.text
    assert list(incident.status_updates.posted()) == [other]
    again = typed | {"seen": held.context["form"]["seen"].value()}
    assert client.post(composer, again).status_code == 302
    assert incident.status_updates.posted().count() == 2


def test_one_written_before_and_approved_meanwhile_is_said_too(client, composer, incident, responder):
    """It went by when it was posted: the older row is the newer word."""
    older = _tom_posts(incident, responder)
    _tom_posts(incident, responder)
    typed = _typed(client.get(composer).context["form"]["seen"].value())
    StatusUpdate.objects.filter(pk=older.pk).update(posted_at=timezone.now(), known="Approved just now.")
    held = client.post(composer, typed)
    assert held.status_code == 409
    assert "Approved just now." in held.text


def test_a_preview_counts_nobody(client, composer, incident, responder, django_assert_num_queries):
    """Every few letters typed ask for it; whom the update reaches is loaded with the page."""
    typed = _typed("")
    with CaptureQueriesContext(connection) as found:
        assert client.post(composer.replace("new/", "preview/"), typed).status_code == 200
    asked = " ".join(asked_of(found))
    assert "subscribers_subscription" not in asked
    assert "statuspages_pagesubscriber" not in asked


def test_what_i_have_posted_myself_or_have_read_holds_nothing_up(client, composer, incident, responder):
    _tom_posts(incident, responder)
    seen = client.get(composer).context["form"]["seen"].value()
    assert client.post(composer, _typed(seen)).status_code == 302
    assert client.post(composer, _typed(seen)).status_code == 302


def test_no_status_page_is_promised_for_a_drill(client, commander, severity):
    drill = declare_incident(by=commander, title="Practice", severity=severity(3), is_drill=True)
    client.force_login(commander)
    answer = client.get(drill.get_absolute_url() + "status-updates/new/?audience=public")
    assert "A drill is on no status page" in answer.text
    assert "No status page shows this" not in answer.text
