"""Outbound calls reach public addresses only: whatever the spelling, the name, the redirect or the library."""

import ipaddress
import socket
import time

import pytest
from django.core.exceptions import ValidationError

from notifications.channels import send
from notifications.channels.guard import NotAllowedError, is_public, outbound_to
from notifications.forms import check_address
from notifications.outcomes import Outcome

BAD = [
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "203.0.113.9", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::a9fe:a9fe",
    "2002:7f00:1::", "2002:a00:1::1", "2002:a9fe:a9fe::", "2001:0:7f00:1::", "2001:0:808:808:0:0:80ff:fffe",
    "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "5f00::1", "2001:20::1", "2001:db8::1", "100::1", "3fff::1",
]  # fmt: skip
GOOD = ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", BAD)
def test_not_public(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", GOOD)
def test_public(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "spelling",
    ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "[::1]",
     "[::ffff:127.0.0.1]", "ip6-localhost.localhost"],
)  # fmt: skip
@pytest.mark.django_db
def test_no_spelling_reaches_this_machine(server, send_to, spelling):
    answer = send(send_to(address=f"http://{spelling}:{server.port}/hook"))
    assert answer.outcome in (Outcome.REFUSED, Outcome.LATER)  # later: names this machine does not know
    assert server.requests == []


@pytest.mark.django_db
def test_the_answer_says_why(server, send_to):
    answer = send(send_to(address=f"http://localhost:{server.port}/hook?key=Zephyrquartz"))
    assert (answer.outcome, "not a public address" in answer.words) == (Outcome.REFUSED, True)
    assert "Zephyrquartz" not in answer.words


@pytest.mark.django_db
def test_a_name_that_resolves_to_something_else_by_then(server, send_to, monkeypatch):
    """The name is harmless when it is looked at, and is this machine when it is called."""
    answers = iter(["93.184.216.34", "127.0.0.1"])

    def resolve(host, port, *rest, **more):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert socket.getaddrinfo("hooks.example.test", server.port)[0][4][0] == "93.184.216.34"
    answer = send(send_to(address=f"http://hooks.example.test:{server.port}/hook"))
    assert answer.outcome is Outcome.REFUSED
    assert server.requests == []


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["webhook", "chat"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(server, other_server, loopback_allowed, send_to, kind, status):
    server.status, server.headers = status, {"Location": f"{other_server.url}/inside"}
    address = f"{server.url}/x" if kind == "webhook" else f"ntfy://127.0.0.1:{server.port}/x?redirect=yes"
    answer = send(send_to(kind=kind, address=address, content={"type": "t", "title": "Hello", "body": "x"}))
    assert len(server.requests) == 1
    assert other_server.requests == []
    assert answer.outcome is Outcome.REFUSED


@pytest.mark.django_db
def test_chat_services_are_behind_it_as_well(server, send_to):
    content = {"title": "Hello", "body": "x"}
    answer = send(send_to(kind="chat", address=f"ntfy://localhost:{server.port}/topic", content=content))
    assert answer.outcome is Outcome.REFUSED
    assert server.requests == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "scheme", ["file", "syslog", "dbus", "mailto", "json", "xml", "mqtt", "smpp", "windows"]
)
def test_only_listed_services_are_used(server, loopback_allowed, send_to, scheme):
    answer = send(
        send_to(kind="chat", address=f"{scheme}://localhost:{server.port}/x", content={"title": "x"})
    )
    assert answer.outcome is Outcome.REFUSED
    assert server.requests == []


@pytest.mark.django_db
@pytest.mark.parametrize("allowed", ["127.0.0.0/8", "127.0.0.1", "hooks.localhost"])
def test_what_the_installation_allows_is_reached(server, send_to, settings, monkeypatch, allowed):
    settings.OUTBOUND_ALLOW = [allowed]
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, port, *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))],
    )
    answer = send(send_to(address=f"http://hooks.localhost:{server.port}/hook"))
    assert answer.outcome is Outcome.TAKEN


def test_allowing_one_host_allows_no_other(server, settings):
    settings.OUTBOUND_ALLOW = ["hooks.internal", "10.0.0.0/8"]
    with outbound_to("elsewhere.internal") as leash, pytest.raises(NotAllowedError):
        socket.create_connection(("127.0.0.1", server.port), timeout=1)
    assert leash.was_pulled


def test_the_rest_of_the_process_is_left_alone(server):
    with outbound_to("x"):
        pass
    socket.create_connection(("127.0.0.1", server.port), timeout=1).close()


def test_a_unix_socket_is_no_public_address(tmp_path):
    with outbound_to("x"), socket.socket(socket.AF_UNIX) as door, pytest.raises(NotAllowedError):
        door.connect(str(tmp_path / "door"))


@pytest.mark.django_db
@pytest.mark.usefixtures("loopback_allowed")
def test_what_is_allowed_to_ones_own_channels_is_not_allowed_to_strangers(server, webhook, send_to):
    webhook.is_listed = False
    webhook.save()
    answer = send(send_to(channel=webhook))
    assert (answer.outcome, server.requests) == (Outcome.REFUSED, [])
    webhook.is_listed = True
    webhook.save()
    assert send(send_to(channel=webhook)).outcome is Outcome.TAKEN


@pytest.mark.django_db
@pytest.mark.parametrize("between", ["\\@", "\\\\@", "/\\@"])
def test_a_host_that_is_allowed_opens_no_other(server, send_to, settings, between):
    """One parser reads the host behind the @, another the one before the backslash."""
    settings.OUTBOUND_ALLOW = ["hooks.corp.example"]
    send(send_to(address=f"http://127.0.0.1:{server.port}{between}hooks.corp.example/x"))
    assert server.requests == []


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1\\@hooks.corp.example/x", "https://ada:key@hooks.example.com/x"]
)
def test_an_address_of_two_readings_is_not_taken(url):
    with pytest.raises(ValidationError):
        check_address("webhook", url)


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\n"])
def test_a_call_that_takes_too_long_is_cut(settings, sent):
    """Whatever the other end does: a library's own limit begins anew with every byte."""
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        begun = time.monotonic()
        with outbound_to("127.0.0.1", within=0.3) as leash:
            with socket.create_connection(listening.getsockname(), timeout=30) as calling:
                answering = listening.accept()[0]
                answering.sendall(sent)
                while calling.recv(100):
                    pass
            with pytest.raises(TimeoutError):
                socket.create_connection(listening.getsockname(), timeout=30)
        answering.close()
    assert leash.was_cut
    assert time.monotonic() - begun < 5
