"""Is mail taken where the environment says so, and nowhere else?"""

import os
import signal
import smtplib
import socket

import pytest

from tests.setup.conftest import Installation, command, free_port, wait_until


def process_of(installation: Installation) -> int | None:
    found = [number for number, line in installation.children().items() if "launcher.mail" in line]
    return found[0] if found else None


def answer(port: int) -> int:
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.ehlo()
        client.mail("nagios@example.test")
        return client.rcpt(f"alc_in_{'0' * 32}@alerts.example.test")[0]


def answers(port: int) -> bool:
    try:
        return answer(port) == 550
    except (OSError, smtplib.SMTPException):
        return False


def test_it_is_off_by_default(running):
    assert process_of(running) is None


def test_it_answers_and_is_started_again(tmp_path):
    port = free_port()
    installation = Installation(tmp_path / "data")
    try:
        installation.start(
            ALLCLEAR_SMTP_LISTEN=f"127.0.0.1:{port}", ALLCLEAR_MAIL_DOMAIN="alerts.example.test"
        )
        assert wait_until(lambda: answers(port), seconds=30)
        first = process_of(installation)
        os.kill(first, signal.SIGKILL)
        assert wait_until(lambda: process_of(installation) not in (None, first), seconds=20)
        assert wait_until(lambda: answers(port), seconds=30)
    finally:
        installation.stop()
    with pytest.raises(OSError):
        smtplib.SMTP("127.0.0.1", port, timeout=5)


def test_a_port_that_is_taken_is_named(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = command(
            "start",
            "--data",
            str(tmp_path),
            "--port",
            str(free_port()),
            ALLCLEAR_SMTP_LISTEN=f"127.0.0.1:{port}",
        )
    assert refused.returncode
    assert f"Port {port} on 127.0.0.1 is taken by another program" in refused.stderr
    assert "ALLCLEAR_SMTP_LISTEN" in refused.stderr


@pytest.mark.parametrize("said", ["localhost", "127.0.0.1:", "127.0.0.1:99999", ":smtp"])
def test_what_is_no_address_is_refused(tmp_path, said):
    refused = command("start", "--data", str(tmp_path), ALLCLEAR_SMTP_LISTEN=said)
    assert refused.returncode
    assert "ALLCLEAR_SMTP_LISTEN" in refused.stderr


def test_the_demo_takes_mail_of_this_machine_only(tmp_path):
    refused = command("start", "--demo", "--data", str(tmp_path), ALLCLEAR_SMTP_LISTEN="0.0.0.0:2525")
    assert refused.returncode
    assert "loopback" in refused.stderr
