"""What a receiver of webhooks can rely on, and what its answers mean."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from notifications.channels import send
from notifications.models import Channel
from notifications.outcomes import Outcome
from notifications.workflow import rotate_secret

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]


@pytest.fixture
def message(webhook, send_to):
    return send_to(channel=webhook, content={"type": "incident.status_update", "data": {"text": "Größe – 1"}})


def verified(request, secret: str) -> dict:
    return Webhook(secret).verify(request.body, request.headers)


def test_the_library_verifies_it(server, webhook, message):
    assert send(message).outcome is Outcome.TAKEN
    (request,) = server.requests
    event = verified(request, webhook.secret)
    assert (event["type"], event["data"]) == ("incident.status_update", {"text": "Größe – 1"})
    assert datetime.fromisoformat(event["timestamp"])
    assert event["timestamp"].endswith("Z"), "as all times of the API and of events"
    assert request.path == "/hook?key=Zephyrquartz"


def test_another_secret_does_not(server, message):
    send(message)
    with pytest.raises(WebhookVerificationError):
        verified(server.requests[0], "whsec_" + "QUFB" * 8)


def test_every_attempt_carries_the_same_id_and_body(server, message):
    send(message)
    send(message)
    first, second = server.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == str(message.pk)
    assert first.body == second.body


def test_after_a_rotation_both_secrets_verify_for_a_day(server, webhook, message, admin):
    old = webhook.secret
    new = rotate_secret(by=admin, channel=webhook).secret
    assert new != old
    message.refresh_from_db()
    send(message)
    assert verified(server.requests[0], old)
    assert verified(server.requests[0], new)
    Channel.objects.update(previous_secret_until=timezone.now() - timedelta(seconds=1))
    message.refresh_from_db()
    send(message)
    assert verified(server.requests[1], new)
    with pytest.raises(WebhookVerificationError):
        verified(server.requests[1], old)


@pytest.mark.parametrize(
    ("status", "outcome", "is_away"),
    [(200, Outcome.TAKEN, False), (204, Outcome.TAKEN, False), (302, Outcome.REFUSED, False),
     (400, Outcome.REFUSED, False), (401, Outcome.REFUSED, False), (404, Outcome.REFUSED, False),
     (408, Outcome.LATER, False), (410, Outcome.GONE, False), (425, Outcome.LATER, False),
     (429, Outcome.LATER, False), (500, Outcome.LATER, True), (503, Outcome.LATER, True)],
)  # fmt: skip
def test_answers(server, message, status, outcome, is_away):
    server.status = status
    answer = send(message)
    assert (answer.outcome, answer.is_away) == (outcome, is_away)
    assert str(status) in answer.words


def test_is_told_how_long_to_wait(server, message):
    server.status, server.headers = 429, {"Retry-After": "120"}
    assert send(message).not_before == timedelta(seconds=120)
    server.headers = {"Retry-After": format_datetime(datetime.now(UTC) + timedelta(minutes=9), usegmt=True)}
    assert timedelta(minutes=8) < send(message).not_before <= timedelta(minutes=9)


@pytest.mark.parametrize("odd", ["", "soon", "-5", "9" * 40, "Mon, 99 Foo 2020 25:00:00 GMT"])
def test_an_odd_wish_to_wait_is_passed_over(server, message, odd):
    server.status, server.headers = 503, {"Retry-After": odd}
    assert send(message).not_before is None


def test_a_wish_to_wait_for_ever_is_a_day(server, message):
    server.status, server.headers = 503, {"Retry-After": "99999999"}
    assert send(message).not_before == timedelta(days=1)


def test_nothing_said_repeats_the_secret_part_of_an_address(server, message, caplog):
    server.close()
    answer = send(message)
    assert answer.outcome is Outcome.LATER
    assert "Zephyrquartz" not in answer.words + caplog.text
    server._http.server_close()
