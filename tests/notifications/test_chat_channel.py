"""Chat and push services through Apprise: what arrives, what an answer means, which addresses are taken."""

import io
import json
import logging

import pytest
from django.urls import reverse

from notifications.channels import send
from notifications.channels.chat import NotAnAddressError, service
from notifications.kinds import SERVICES
from notifications.models import Channel
from notifications.outcomes import Outcome

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]
CONTENT = {"title": "INC-1 slow", "body": "**We look.**", "url": "https://incidents.example.test/b/x"}


@pytest.fixture
def message(server, send_to):
    address = f"mmost://127.0.0.1:{server.port}/3ccdd113474722377935511fc85d3dd4"
    return send_to(kind="chat", address=address, content=CONTENT)


def test_title_text_and_link_arrive(server, message):
    server.status = 200
    assert send(message).outcome is Outcome.TAKEN
    said = json.loads(server.requests[0].body)["text"]
    assert all(part in said for part in ("INC-1 slow", "We look.", "https://incidents.example.test/b/x"))


@pytest.mark.parametrize(
    ("status", "outcome", "is_away"),
    [(400, Outcome.REFUSED, False), (403, Outcome.REFUSED, False), (404, Outcome.REFUSED, False),
     (410, Outcome.GONE, False), (429, Outcome.LATER, False), (500, Outcome.LATER, True)],
)  # fmt: skip
def test_answers(server, message, status, outcome, is_away):
    server.status = status
    answer = send(message)
    assert (answer.outcome, answer.is_away) == (outcome, is_away)
    assert str(status) in answer.words


def test_nobody_there(server, message):
    server.close()
    answer = send(message)
    assert (answer.outcome, answer.is_away) == (Outcome.LATER, True)


def test_an_answer_to_one_is_not_taken_for_another(server, message):
    logging.getLogger("apprise").warning("of some other call: error=410.")
    server.status = 500
    assert "500" in send(message).words


PASTED = {
    "slack": "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
    "teams": "https://prod-00.westeurope.logic.azure.com:443/workflows/643e69f83c8944438d68119179a10a64/triggers/"
    "manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=KODuebWbDGYFr0z0eu",
    "discord": "https://discord.com/api/webhooks/123456789012345678/abcDEF-123_xyz_abcDEF-123_xyz_abcDEF-123",
    "mattermost": "https://chat.example.test/hooks/abcdefghijklmnopqrstuvwxyz",
    "google-chat": "https://chat.googleapis.com/v1/spaces/AAAA/messages?key=KEY&token=TOKEN",
    "rocket-chat": "https://chat.example.test/hooks/64a1b2c3d4e5f6/Abcdefghijklmnopqrstuvwxyz0123456789",
}


@pytest.mark.parametrize("key", sorted(PASTED))
def test_what_a_service_shows_is_recognised(client, admin, key):
    client.force_login(admin)
    client.post(reverse("channel_new") + f"?service={key}", {"name": "Chat", "service_address": PASTED[key]})
    client.post(reverse("channel_new"), {"name": "Other", "kind": "webhook", "url": PASTED[key]})
    for channel in Channel.objects.all():
        assert (channel.kind, channel.service_name) == ("chat", SERVICES[key].name)
        assert service(channel.url).redirects is False
    assert Channel.objects.count() == 2


FILLED = {
    "server": "push.example.test", "token": "Aaaaaaaaaaaaaaa", "topic": "incidents", "user": "bot", "room": "#incidents",
    "bot": "incidents", "organisation": "fernhill", "stream": "incidents", "user_key": "u" * 30, "chat_id": "-1001234567890",
    "bot_token": "123456789:alphanumeric-key-of-a-bot-1234567890",
}  # fmt: skip
LONGER = {"zulip": {"token": "a" * 32}, "pushover": {"token": "a" * 30}, "webex": {"token": "a" * 80}}


@pytest.mark.parametrize("key", sorted(set(SERVICES) - set(PASTED)))
def test_the_fields_of_a_service_make_its_address(client, admin, key):
    client.force_login(admin)
    values = FILLED | LONGER.get(key, {})
    page = client.get(reverse("channel_new") + f"?service={key}")
    typed = {
        name: values[name.removeprefix("service_")] for name in page.context["form"].fields if name != "name"
    }
    answer = client.post(reverse("channel_new") + f"?service={key}", typed | {"name": "Chat"})
    assert answer.status_code == 302, answer.context["form"].errors
    assert service(Channel.objects.get().url).redirects is False


@pytest.mark.parametrize("address", ["", "slack", "slack://", "https://example.test/x", "file:///etc/passwd"])
def test_what_is_no_address_is_refused_without_repeating_it(address):
    with pytest.raises(NotAnAddressError) as refusal:
        service(address)
    assert not address or address not in str(refusal.value)


def test_what_the_library_says_reaches_no_log(server, send_to):
    """Its lines may repeat the address, and the address holds the secret."""
    heard = logging.StreamHandler(said := io.StringIO())
    logging.getLogger().addHandler(heard)
    try:
        server.status = 403
        send(send_to(kind="chat", address=f"ntfy://127.0.0.1:{server.port}/Zephyrquartz", content=CONTENT))
        with pytest.raises(NotAnAddressError):
            service("slack://Zephyrquartz")
    finally:
        logging.getLogger().removeHandler(heard)
    assert len(server.requests) == 1
    assert "Zephyrquartz" not in said.getvalue()


RETIRED = (
    "https://fernhill.webhook.office.com/webhookb2/0000@1111/IncomingWebhook/2222/3333",
    "https://outlook.office.com/webhook/0000@1111/IncomingWebhook/2222/3333",
)


@pytest.mark.parametrize("address", RETIRED)
def test_an_address_that_microsoft_retired_is_refused_with_the_way_to_a_new_one(client, admin, address):
    client.force_login(admin)
    for more, field in (
        ({"service_address": address}, "?service=teams"),
        ({"kind": "webhook", "url": address}, ""),
    ):
        answer = client.post(reverse("channel_new") + field, {"name": "Chat"} | more)
        assert "has retired these addresses" in answer.text
    assert not Channel.objects.exists()
