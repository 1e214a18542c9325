"""Is each new message of a mailbox taken once, and does a broken message or server hold nothing up?"""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from alerts.models import Alert
from integrations import tasks
from integrations.models import LARGEST_MAIL, Integration, Mailbox, Payload, PayloadState
from integrations.senders.email import client as imap_client
from integrations.tasks import process_waiting_payloads, read_mailboxes
from integrations.workflow import claim_mailboxes, read_mailbox, remove_mailbox, set_mailbox
from tests.api.client import ApiClient
from tests.integrations.imap import PASSWORD, USER, ImapServer, Listener
from tests.integrations.sns import TlsFiles

pytestmark = pytest.mark.django_db
GREETING = b"* OK [CAPABILITY IMAP4rev1] ready\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = ImapServer(TlsFiles(tmp_path_factory.mktemp("tls")))
    yield running
    running.close()


@pytest.fixture
def box(server, settings, monkeypatch):
    """A folder of its own for each test, as its owner sees it."""
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]
    monkeypatch.setenv("SSL_CERT_FILE", str(server.files.certificate))
    client = server.client()
    for name in ("Alerts", "Others"):
        if client.folder_exists(name):
            client.delete_folder(name)
        client.create_folder(name)
    yield client
    client.logout()


@pytest.fixture
def integration(made) -> Integration:
    return made("email", opens="nothing")[0]


@pytest.fixture
def mailbox(integration, admin, server, box):
    """Read once, so that what comes is new."""
    found = set_mailbox(by=admin, integration=integration, **place(server))
    read()
    return found


def place(server: ImapServer, **changed) -> dict:
    usual = {
        "host": "127.0.0.1",
        "port": server.tls_port,
        "user_name": USER,
        "password": PASSWORD,
        "folder": "Alerts",
    }
    return usual | changed


def read() -> Mailbox:
    """What a worker does in a minute."""
    Mailbox.objects.update(due_at=timezone.now())
    for reading in claim_mailboxes(now=timezone.now()):
        read_mailbox(reading)
    return Mailbox.objects.get()


def message(subject: str = "Disk is full") -> bytes:
    return f"From: nagios@example.test\r\nSubject: {subject}\r\n\r\nOn db-1.\r\n".encode()


def titles() -> list[str]:
    process_waiting_payloads()
    return sorted(Alert.objects.values_list("title", flat=True))


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
def test_new_messages_are_taken_once(integration, admin, server, box, security):
    box.append("Alerts", message("An old one"))
    port = server.tls_port if security == "tls" else server.port
    set_mailbox(by=admin, integration=integration, **place(server, port=port, security=security))
    assert read().problem == ""
    assert not Payload.objects.exists(), "what was there is not new"
    box.append("Alerts", message("Disk is full"))
    box.append("Alerts", message("Queue is long"), flags=[b"\\Seen"])  # somebody was quicker
    box.append("Others", message("Elsewhere"))
    for _ in range(3):
        assert read().problem == ""
    assert titles() == ["Disk is full", "Queue is long"]
    box.select_folder("Alerts")
    assert len(box.search(["SEEN"])) == 2
    assert Mailbox.objects.get().read_at is not None


def test_a_message_that_is_no_message_stops_no_other(mailbox, box):
    for body in (b"\xff\xfe", message()):
        box.append("Alerts", body)
    read()
    process_waiting_payloads()
    states = list(Payload.objects.order_by("pk").values_list("state", flat=True))
    assert states == [PayloadState.FAILED, PayloadState.PROCESSED]


def test_a_large_message_is_noted_and_not_taken(mailbox, box):
    box.append("Alerts", message() + b"x" * LARGEST_MAIL)
    box.append("Alerts", message())
    read()
    assert titles() == ["Disk is full"]
    noted = Payload.objects.get(state=PayloadState.REJECTED)
    assert noted.outcome == "A message of 2,048 KB is larger than 2,048 KB"


def test_a_folder_that_is_numbered_anew(mailbox, box):
    box.append("Alerts", message("First"))
    read()
    box.delete_folder("Alerts")
    box.create_folder("Alerts")
    box.append("Alerts", message("First"), flags=[b"\\Seen"])  # as it was marked
    box.append("Alerts", message("Second"))
    assert read().problem == ""
    read()
    assert titles() == ["First", "Second"]
    assert Payload.objects.count() == 2


def test_more_messages_than_one_turn_takes(mailbox, box, monkeypatch):
    monkeypatch.setattr("integrations.workflow.mailboxes.MOST_AT_ONCE", 2)
    for n in range(3):
        box.append("Alerts", message(f"Disk {n}"))
    assert read().due_at <= timezone.now(), "it goes on at once"
    assert Payload.objects.count() == 2
    assert read().due_at > timezone.now()
    assert Payload.objects.count() == 3


def test_two_workers_take_a_message_once(mailbox, box):
    box.append("Alerts", message())
    Mailbox.objects.update(due_at=timezone.now())
    (slow,) = claim_mailboxes(now=timezone.now())
    assert claim_mailboxes(now=timezone.now()) == []
    read()
    read_mailbox(slow)
    assert Payload.objects.count() == 1


def test_a_message_at_which_the_connection_breaks_is_given_up(mailbox, box):
    box.append("Alerts", message("Breaks it"))
    box.append("Alerts", message())
    box.select_folder("Alerts")
    first = min(box.search())
    Mailbox.objects.update(tried_uid=first, attempts=Mailbox.MOST_ATTEMPTS)
    read()
    assert titles() == ["Disk is full"]
    assert "could not be fetched" in Payload.objects.get(state=PayloadState.REJECTED).outcome


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"password": "wrong"}, "refused the user name or the password"),
        ({"folder": "Nowhere"}, "has no folder “Nowhere”"),
        ({"host": "localhost.example.test"}, "cannot be reached"),
        ({"host": "localhost"}, "has a certificate that cannot be verified"),
        ({"security": "starttls"}, "127.0.0.1 "),
    ],
)
def test_what_fails_is_said_and_tried_again_later(integration, admin, server, box, changed, problem):
    set_mailbox(by=admin, integration=integration, **place(server, **changed))
    begun = timezone.now()
    found = read()
    assert problem in found.problem
    assert found.failing_since is not None
    assert found.due_at >= begun + 2 * Mailbox.EVERY
    assert read().due_at >= begun + 4 * Mailbox.EVERY
    set_mailbox(by=admin, integration=integration, **place(server))
    assert read().problem == ""


def test_private_addresses_are_not_reached(mailbox, settings):
    settings.OUTBOUND_ALLOW = []
    assert "private address that ALLCLEAR_OUTBOUND_ALLOW does not allow" in read().problem


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (b"", "ended the connection"),
        (b"HTTP/1.1 200 OK\r\n\r\n", "no IMAP"),
        (b"* BYE\r\n", "no IMAP"),
        (b"\xff" * 2_000_000, "no IMAP"),
        (GREETING, "no IMAP"),
        (GREETING + b"* CAPABILITY \xff\r\nx" * 10, "no IMAP"),
    ],
)
def test_what_is_no_imap_server(integration, admin, box, said, problem):
    def answer(client) -> None:
        client.sendall(said)
        client.close()

    listener = Listener(answer)
    set_mailbox(
        by=admin,
        integration=integration,
        host="127.0.0.1",
        port=listener.port,
        security="none",
        user_name="x",
        password="x",
    )
    assert problem in read().problem
    assert read().failures == 2
    listener.close()


@pytest.mark.parametrize("drips", [False, True])
def test_a_server_that_hangs_is_left(integration, admin, box, monkeypatch, drips):
    monkeypatch.setattr(imap_client, "ALTOGETHER", 0.7)
    ended = threading.Event()

    def answer(client) -> None:
        while drips and not ended.wait(0.05):
            client.sendall(b"x")
        ended.wait(20)

    listener = Listener(answer)
    set_mailbox(
        by=admin,
        integration=integration,
        host="127.0.0.1",
        port=listener.port,
        security="none",
        user_name="x",
        password="x",
    )
    begun = time.monotonic()
    assert "did not answer in time" in read().problem
    assert time.monotonic() - begun < 5
    ended.set()
    listener.close()


@pytest.mark.django_db(transaction=True)
def test_one_that_hangs_delays_no_other(integration, made, admin, server, box, monkeypatch):
    monkeypatch.setattr(imap_client, "CONNECT", 2.0)
    monkeypatch.setattr(imap_client, "SILENCE", 2.0)
    ended = threading.Event()
    listener = Listener(lambda client: ended.wait(30))
    hanging, _ = made("email", "Hangs")
    set_mailbox(
        by=admin, integration=hanging, host="127.0.0.1", port=listener.port, user_name="x", password="x"
    )
    set_mailbox(by=admin, integration=integration, **place(server))
    begun = time.monotonic()
    read_mailboxes()
    assert time.monotonic() - begun < 1, "the job itself waits for none"
    rows = Mailbox.objects.filter(integration=integration, read_at__isnull=False)
    while not rows.exists():
        assert time.monotonic() - begun < 8
        time.sleep(0.1)
    ended.set()
    listener.close()
    while not Mailbox.objects.filter(integration=hanging).exclude(problem="").exists():
        assert time.monotonic() - begun < 15
        time.sleep(0.1)
    tasks._mailboxes.submit(int).result(5)


def test_the_password_is_write_only_and_goes_to_its_server_alone(as_admin, mailbox, integration, server):
    address = f"{integration.get_absolute_url()}mailbox/"
    for page in (address, integration.get_absolute_url()):
        assert PASSWORD not in as_admin.get(page).content.decode()
    said = place(server, password="", security="tls")
    as_admin.post(address, said | {"folder": "Others"})
    kept = Mailbox.objects.get()
    assert (kept.password, kept.folder, kept.uid_validity) == (PASSWORD, "Others", None)
    answer = as_admin.post(address, said | {"host": "imap.example.test"})
    assert "Enter the password again" in answer.content.decode()
    assert Mailbox.objects.get().host == "127.0.0.1"


def test_what_fails_is_on_its_pages(as_admin, mailbox, integration):
    Mailbox.objects.update(
        problem="127.0.0.1 cannot be reached.", failing_since=datetime(2026, 11, 29, tzinfo=UTC)
    )
    assert "127.0.0.1 cannot be reached." in as_admin.get(integration.get_absolute_url()).content.decode()
    listed = as_admin.get("/settings/integrations/").content.decode()
    assert "127.0.0.1 cannot be reached." in listed
    assert "Failing" in listed


def test_it_is_removed(as_admin, mailbox, integration, box):
    box.append("Alerts", message())
    as_admin.post(f"{integration.get_absolute_url()}mailbox/removal/")
    assert not Mailbox.objects.exists()
    assert claim_mailboxes(now=timezone.now() + timedelta(days=1)) == []


def test_by_api(admin, integration, responder):
    calls, path = ApiClient.of(admin), f"integrations/{integration.pk}"
    said = {"host": "imap.example.test", "user_name": USER, "password": PASSWORD}
    told = calls.put(f"{path}/mailbox", said)["mailbox"]
    assert (told["host"], told["port"], told["security"], told["folder"]) == (
        "imap.example.test",
        993,
        "tls",
        "INBOX",
    )
    assert PASSWORD not in calls.last.content.decode()
    assert "password" not in told
    calls.delete(f"{path}/mailbox")
    assert calls.get(path)["mailbox"] is None
    with pytest.raises(PermissionDenied):
        set_mailbox(by=responder, integration=integration, **said)
    with pytest.raises(PermissionDenied):
        remove_mailbox(by=responder, integration=integration)


@pytest.mark.parametrize(
    "changed",
    [{"host": "a b"}, {"host": "http://a"}, {"host": "-a"}, {"host": "a\nb"}, {"port": 0}, {"port": 70000}, {"user_name": ""}, {"user_name": "a\r\nb"}, {"password": "a\nb"}, {"password": ""}, {"security": "x"}],
)  # fmt: skip
def test_what_cannot_be_a_mailbox_is_refused(admin, integration, changed):
    said = {"host": "imap.example.test", "user_name": USER, "password": PASSWORD}
    with pytest.raises(ValidationError):
        set_mailbox(by=admin, integration=integration, **(said | changed))


def test_only_email_has_a_mailbox(admin, made):
    with pytest.raises(ValidationError, match="E-mail"):
        set_mailbox(by=admin, integration=made("generic")[0], host="a", user_name="b", password="c")
