"""Do mails about retrospectives read well in both their parts, keep together, and leave quiet hours alone?"""

from datetime import UTC, datetime, time

import pytest
import time_machine

from notifications.models import Delivery, OutboxMessage
from retros.models import RetrospectiveStatus
from retros.workflow import start_retrospective
from retros.workflow.common import announce
from subscribers.announcements.retrospectives import consume
from subscribers.models import Notice, NotificationKind, NotificationPreference
from tests.made_events import Made

NIGHT = datetime(2026, 3, 9, 23, tzinfo=UTC)


@pytest.fixture
def retrospective(incident, commander):
    return start_retrospective(incident=incident, by=commander, owner=commander)


def told(retrospective, topic, *people, **payload) -> list[Delivery]:
    with time_machine.travel(NIGHT, tick=False):
        announce(retrospective, Made(topic, {"recipients": [p.pk for p in people], **payload}))
        message = OutboxMessage.objects.filter(topic=topic).latest("created_at")
        consume(message)
    return list(Delivery.objects.filter(message=message).order_by("address"))


def quiet(person) -> None:
    wish = NotificationPreference.defaults_for(person)
    wish.quiet_from, wish.quiet_to = time(22), time(7)
    wish.save()


def test_two_parts_one_thread_a_way_to_choose(retrospective, responder):
    retrospective.title = "Cards <b>& more</b>"
    retrospective.save()
    (mail,) = told(retrospective, "retrospective.joined", responder)
    assert "You are a participant" in mail.content["text"]
    assert "Cards &lt;b&gt;&amp; more&lt;/b&gt;" in mail.content["html"]
    assert f"/retrospectives/{retrospective.pk}/" in mail.content["html"]
    assert "/settings/notifications/" in mail.content["html"]
    headers = mail.content["headers"]
    assert headers["References"] == headers["In-Reply-To"] != ""


def test_waits_for_the_end_of_quiet_hours(retrospective, responder, commander):
    quiet(responder)
    retrospective.status = RetrospectiveStatus.IN_REVIEW
    retrospective.save()
    mails = {
        mail.address: mail.due_at
        for mail in told(retrospective, "retrospective.in_review", responder, commander)
    }
    assert mails[responder.email] == datetime(2026, 3, 10, 7, tzinfo=UTC)
    assert mails[commander.email] == NIGHT
    pops = dict(Notice.objects.values_list("person", "pops"))
    assert (pops[responder.pk], pops[commander.pk]) == (False, True)


def test_what_asks_nothing_is_sent_as_its_reader_chose(retrospective, responder, commander):
    own = NotificationPreference.defaults_for(responder)
    own.by_mail, own.in_inbox = [NotificationKind.DUTY], [NotificationKind.DUTY]
    own.save()
    mails = told(retrospective, "retrospective.joined", responder, commander)
    assert [mail.address for mail in mails] == [commander.email]
    notice = Notice.objects.get()
    assert (notice.person, notice.kind, notice.pops) == (commander, NotificationKind.RETROSPECTIVES, False)


def test_a_session_called_off_does_not_wait(retrospective, responder):
    quiet(responder)
    retrospective.scheduled_at = datetime(2026, 3, 10, 6, tzinfo=UTC)
    retrospective.save()
    (mail,) = told(retrospective, "retrospective.called_off", responder)
    assert mail.due_at == NIGHT
    assert mail.content["calendar"]["method"] == "CANCEL"


def test_nobody_out_of_reach_and_nobody_who_is_gone(retrospective, stakeholder, responder):
    """A stakeholder at no table does not read what is not published."""
    responder.is_active = False
    responder.save()
    assert told(retrospective, "retrospective.joined", stakeholder, responder) == []
