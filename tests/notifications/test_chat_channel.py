"""Chat and push services through Apprise: what arrives, what an answer means, which addresses are taken."""

import io
import json
import logging

import pytest

from notifications.answers import Outcome
from notifications.channels import send
from notifications.channels.chat import NotAnAddressError, service
from notifications.services import SERVICES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]
CONTENT = {"title": "INC-1 slow", "body": "**We look.**", "url": "https://incidents.example.test/b/x"}
WITH_SECRETS = {
    "TOKEN_A": "T1JJ3T3L2", "TOKEN_B": "A1BRTD4JD", "TOKEN_C": "TIiajkdnlazkcOXrIdevi7FQ",
    "WORKFLOW": "643e69f83c8944438d68119179a10a64", "SIGNATURE": "KODuebWbDGYFr0z0eu-6Rj8aUKz7108W3wrNJZxFE5A",
    "WEBHOOK_ID": "4174216298", "WEBHOOK_TOKEN": "JHMHI8qBe7bk2ZwO5U711o3dV_js", "HOOK": "3ccdd113474722377935511fc85d3dd4",
    "BOT_TOKEN": "123456789:alphanumeric-key-of-a-bot-1234567890", "CHAT_ID": "-1001234567890",
    "USER_KEY": "u" * 30, "SPACE": "AAAABBBB", "KEY": "AIzaSyD", "BOT": "incidents", "ORGANISATION": "fernhill",
    "USER": "bot", "TOKEN": "a" * 32,
}  # fmt: skip


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


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_example_is_an_address_once_its_words_are_filled_in(name):
    address = SERVICES[name][1]
    for word in sorted(WITH_SECRETS, key=len, reverse=True):
        address = address.replace(word, WITH_SECRETS[word])
    assert service(address).redirects is False


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
