"""Who learns from an open home screen that something happened, and how many streams can one person open?"""

import http.client

import pytest
from django.db import connection

from core.listen import HOME, Listener, person_topic
from incidents.workflow import change_visibility, edit_incident
from live.consumers import MOST_STREAMS
from tests.live.editors import cookie_of


@pytest.fixture
def notified(commander, outsider, transactional_db):
    """`notified(change)`: of commander and outsider, those whose home screen is notified of the change."""

    def run(change) -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute("LISTEN allclear")
            change()
            connection.connection.poll()
            payloads = [notify.payload for notify in connection.connection.notifies]
            connection.connection.notifies.clear()
            cursor.execute("UNLISTEN allclear")
        listener = Listener()
        with (
            listener.subscription(HOME, person_topic(commander.pk)) as hers,
            listener.subscription(HOME, person_topic(outsider.pk)) as theirs,
        ):
            for payload in payloads:
                listener._pass_on(payload)
            return {name for name, queue in (("commander", hers), ("outsider", theirs)) if queue.qsize()}

    return run


def test_everybody_of_a_public_incident(notified, incident, commander):
    assert notified(lambda: edit_incident(incident=incident, by=commander, now_note="Rolling back")) == {
        "commander",
        "outsider",
    }


def test_of_a_private_incident_only_those_who_can_see_it(notified, private_incident, commander):
    change = lambda: edit_incident(incident=private_incident, by=commander, now_note="Rolling back")  # noqa: E731
    assert notified(change) == {"commander"}


def test_everybody_when_one_becomes_private_and_disappears(notified, incident, commander):
    change = lambda: change_visibility(incident=incident, is_private=True, by=commander)  # noqa: E731
    assert notified(change) == {"commander", "outsider"}


def test_a_topic_named_twice_is_subscribed_once():
    listener = Listener()
    with listener.subscription(HOME, HOME, person_topic(1)) as queue:
        listener._pass_on('{"incident": 1, "what": "head"}')
        assert queue.qsize() == 1
    assert listener.subscribers(HOME) == 0


def test_one_person_opens_so_many_streams_and_no_more(webs, commander, outsider):
    def status(user) -> tuple[http.client.HTTPConnection, int]:
        stream = http.client.HTTPConnection("127.0.0.1", webs.ports[0], timeout=10)
        stream.request("GET", "/live/home/", headers={"Cookie": cookie_of(user)})
        return stream, stream.getresponse().status

    opened = [status(commander) for _ in range(MOST_STREAMS)]
    assert {code for _, code in opened} == {200}
    assert status(commander)[1] == 429
    assert status(outsider)[1] == 200
