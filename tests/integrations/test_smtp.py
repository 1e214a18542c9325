"""Does the SMTP server take mail for the addresses of integrations alone, and store it before it answers?"""

import asyncio
import json
import smtplib
import threading
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from django.core.management import call_command

from alerts.models import Alert, AlertState
from integrations import smtp
from integrations.models import LARGEST_MAIL, Integration, Payload, PayloadState
from integrations.tasks import process_waiting_payloads
from integrations.workflow import change_integration, delete_integration, pause_integration, rotate_key

pytestmark = pytest.mark.django_db(transaction=True)
DOMAIN = "alerts.example.test"
NO_ADDRESS = f"alc_in_{'0' * 32}@{DOMAIN}"


class Server:
    """It runs in a thread of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever)
        self._thread.start()  # in this thread a browser's test before may have left its loop
        listening = smtp.listen_for_mail(host="127.0.0.1", port=0)
        self._server = asyncio.run_coroutine_threadsafe(listening, self.loop).result(30)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self._server.close)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)


@pytest.fixture
def server(settings):
    settings.MAIL_DOMAIN = DOMAIN
    running = Server()
    yield running
    running.close()


@pytest.fixture
def client(server):
    with smtplib.SMTP("127.0.0.1", server.port, timeout=10) as connection:
        yield connection


@pytest.fixture
def integration(made) -> tuple[Integration, str]:
    made_now, key = made("email", opens="nothing")
    return made_now, f"{key}@{DOMAIN}"


def message(
    subject: str = "PROBLEM: Disk is full", to: str = "alerts@example.test", **headers: str
) -> EmailMessage:
    one = EmailMessage()
    one["Subject"], one["From"], one["To"] = subject, "nagios@example.test", to
    for name, value in headers.items():
        one[name] = value
    one.set_content("On db-1: é.")
    return one


def test_a_message_becomes_an_alert(client, integration, admin):
    subject, address = integration
    words = {"resolved_words": "RECOVERY", "other_words": "PROBLEM"}
    change_integration(by=admin, integration=subject, mapping=words)
    assert client.send_message(message(), to_addrs=[address]) == {}
    assert Payload.objects.get().state == PayloadState.WAITING, "it is stored when it is answered"
    process_waiting_payloads()
    alert = Alert.objects.get()
    assert (alert.title, alert.description) == ("PROBLEM: Disk is full", "On db-1: é.")
    client.send_message(message("RECOVERY: Disk is full"), to_addrs=[address])
    process_waiting_payloads()
    assert Alert.objects.get().state == AlertState.RESOLVED


def test_the_key_is_not_stored(client, integration):
    _, address = integration
    client.send_message(message(to=address), to_addrs=[address])
    stored = Payload.objects.get()
    assert address.partition("@")[0] not in stored.text
    assert address.partition("@")[0] not in json.dumps(stored.headers)
    assert stored.headers["Mail-From"] == "nagios@example.test"


@pytest.mark.parametrize("change", [str.upper, str.swapcase])
def test_an_address_in_any_letters(client, integration, change):
    client.send_message(message(), to_addrs=[change(integration[1])])
    assert Payload.objects.count() == 1


@pytest.mark.parametrize(
    ("address", "code", "words"),
    [
        (NO_ADDRESS, 550, b"no such address"),
        (f"admin@{DOMAIN}", 550, b"no such address"),
        (f"@{DOMAIN}", 550, b"no such address"),
        ("somebody@example.org", 550, b"not taken"),
        ("somebody@example.org@alerts.example.test.example.org", 550, b"not taken"),
        ("somebody%example.org@elsewhere.test", 550, b"not taken"),
        ("somebody", 550, b"not taken"),
    ],
)
def test_mail_to_others_is_refused(client, integration, address, code, words):
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        client.send_message(message(), to_addrs=[address])
    told = refusal.value.recipients[address]
    assert told[0] == code or told[0] in (501, 553), told
    assert words in told[1] or told[0] != 550
    assert not Payload.objects.exists()


def test_the_address_of_another_kind_is_refused(client, made):
    _, key = made("generic")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        client.send_message(message(), to_addrs=[f"{key}@{DOMAIN}"])


def test_it_relays_nothing_beside_a_known_address(client, integration):
    _, address = integration
    refused = client.send_message(message(), to_addrs=[address, "somebody@example.org", NO_ADDRESS])
    assert {name: code for name, (code, _) in refused.items()} == {
        "somebody@example.org": 550,
        NO_ADDRESS: 550,
    }
    assert Payload.objects.count() == 1


def test_two_integrations_get_one_each(client, integration, made):
    _, other = made("email", name="Another")
    client.send_message(message(), to_addrs=[integration[1], f"{other}@{DOMAIN}", integration[1].upper()])
    assert Payload.objects.values("integration").distinct().count() == Payload.objects.count() == 2


def test_what_is_too_large_is_refused(client, integration):
    large = message()
    large.add_attachment(b"x" * LARGEST_MAIL, maintype="application", subtype="octet-stream")
    with pytest.raises(smtplib.SMTPSenderRefused) as refusal:  # by SIZE, before it is sent
        client.send_message(large, to_addrs=[integration[1]])
    assert refusal.value.smtp_code == 552
    client.rset()
    client.mail("nagios@example.test")
    client.rcpt(integration[1])
    code, _ = client.data(large.as_bytes(policy=SMTP))
    assert code == 552
    client.rset()
    client.send_message(message(), to_addrs=[integration[1]])
    assert Payload.objects.count() == 1


def test_the_old_key_works_for_a_day_and_the_integration_may_be_paused(client, integration, admin):
    subject, address = integration
    rotate_key(by=admin, integration=subject)
    pause_integration(by=admin, integration=subject)
    client.send_message(message(), to_addrs=[address])
    assert Payload.objects.get().state == PayloadState.PAUSED


def test_an_address_that_ends_meanwhile(client, integration, admin):
    subject, address = integration
    client.helo()
    client.mail("nagios@example.test")
    assert client.rcpt(address)[0] == 250
    delete_integration(by=admin, integration=subject)
    assert client.data(message().as_bytes())[0] == 550


def test_malformed_mail_is_stored(client, integration):
    client.helo()
    for body in (b"", b"\xff\xfe\0", b"Subject: =?x?b?%%?=\r\n\r\nx", b"no header at all"):
        client.mail("")  # a bounce has no sender
        client.rcpt(integration[1])
        assert client.data(body)[0] == 250
    process_waiting_payloads()
    states = [one.state for one in Payload.objects.order_by("pk")]
    assert states == [PayloadState.FAILED, PayloadState.FAILED, PayloadState.PROCESSED, PayloadState.FAILED]


def test_too_many_recipients(client, integration, monkeypatch):
    monkeypatch.setattr(smtp, "MOST_RECIPIENTS", 1)
    client.helo()
    client.mail("nagios@example.test")
    assert [client.rcpt(integration[1])[0] for _ in range(2)] == [250, 452]


def test_too_many_connections(client, server, monkeypatch):
    client.noop()
    monkeypatch.setattr(smtp, "MOST_CONNECTIONS", smtp.Connection.open)
    with pytest.raises(smtplib.SMTPConnectError) as refusal:
        smtplib.SMTP("127.0.0.1", server.port, timeout=5)
    assert refusal.value.smtp_code == 421


def test_the_command_prints_the_address(admin, settings, capsys):
    settings.MAIL_DOMAIN = DOMAIN
    call_command("create_integration", "--kind", "email", "--name", "Nagios")
    told = json.loads(capsys.readouterr().out)
    assert told["address"] == f"{told['token']}@{DOMAIN}"


def test_a_sender_that_is_no_text_is_no_reason_to_refuse(client, integration):
    """Bytes that are no UTF-8, though it was announced: a database cannot keep them."""
    client.ehlo()
    client.sock.sendall(b"MAIL FROM:<a\xff\xed\xa0\x80@example.test> SMTPUTF8\r\n")
    assert client.getreply()[0] == 250
    assert client.rcpt(integration[1])[0] == 250
    assert client.data(b"Subject: Disk is full\r\n\r\nOn db-1.")[0] == 250
    assert Payload.objects.get().headers["Mail-From"].endswith("@example.test")
