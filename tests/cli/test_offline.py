"""Does what is declared while the server is away arrive once, with its own time?"""

import json
import stat

from django.utils.dateparse import parse_datetime

from incidents.models import Incident, Service
from tests.cli.conftest import CommandLine


def test_declared_offline_and_delivered_by_the_next_command(allclear, webs):
    Service.objects.create(name="Payments", slug="payments")
    webs.kill(f"web-{webs.ports[0]}")
    away = allclear.run("list")
    assert (away.code, "cannot be reached" in away.err) == (5, True)
    kept = allclear.run(
        "declare",
        "All is dark",
        "-s",
        "SEV1",
        "--service",
        "payments",
        "--impact",
        "major_outage",
        "--offline",
    )
    assert kept.code == 0, kept.err
    assert "is kept" in kept.err
    [file] = allclear.kept
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    stored = json.loads(file.read_text())
    assert "alc_" not in file.read_text()
    assert "All is dark" in allclear.run("send", "--list").out
    assert allclear.run("send").code == 5

    stored["at"] = stored["body"]["detected_at"] = stored["body"]["impact_started_at"] = (
        "2026-01-02T03:04:05Z"
    )
    file.write_text(json.dumps(stored))  # as if it were long ago
    webs.serve(webs.ports[0])
    delivered = allclear.run("list")
    assert "All is dark" in delivered.out
    assert "Delivered INC-" in delivered.err
    file.write_text(json.dumps(stored))  # as if the answer had been lost
    assert allclear.run("send").code == 0
    assert "Nothing is waiting" in allclear.run("send").out
    incident = Incident.objects.get()
    assert incident.detected_at == incident.impact_started_at == parse_datetime(stored["at"])
    assert incident.affected_services.get().started_at == incident.impact_started_at


def test_what_the_server_refuses_stays_kept_with_the_reason(stub, tmp_path):
    problem = {
        "title": "No",
        "status": 422,
        "detail": "No",
        "errors": [{"pointer": "/severity", "detail": "Unknown."}],
    }
    page = {"next": None, "previous": None, "results": []}
    allclear = CommandLine(tmp_path, stub.url, "alc_1")
    stub.answers = [None]
    assert allclear.run("declare", "All is dark", "-s", "SEV9", "--offline").code == 0
    stub.answers = [(422, {}, problem), (200, {}, page), (200, {}, page)]
    assert "--severity: Unknown." in allclear.run("list").err
    assert allclear.run("list").err == ""
    assert "Unknown." in allclear.run("send", "--list").out
    stub.answers = [(422, {}, problem)]
    assert allclear.run("send").code == 1
    key = json.loads(allclear.kept[0].read_text())["id"]
    assert allclear.run("send", "--drop", key[:8]).code == 0
    assert allclear.kept == []


def test_it_goes_to_its_own_server_only(stub, tmp_path):
    page = {"next": None, "previous": None, "results": []}
    CommandLine(tmp_path, "http://127.0.0.1:1", "alc_1").run("declare", "All is dark", "--offline")
    stub.answers = [(200, {}, page)]
    assert CommandLine(tmp_path, stub.url, "alc_2").run("list").code == 0
    assert [request.path.split("?")[0] for request in stub.requests] == ["/api/v1/incidents"]
    assert stub.requests[0].body == b""
    nothing_here = CommandLine(tmp_path, stub.url, "alc_2").run("send")
    assert "Nothing is waiting to be sent to this server." in nothing_here.out
    assert "http://127.0.0.1:1" in nothing_here.out
    assert (
        "Nothing kept has an ID" in CommandLine(tmp_path, stub.url, "alc_2").run("send", "--drop", "no").err
    )


def test_with_a_token_that_is_not_valid_it_is_kept_and_said(stub, tmp_path):
    stub.answers = [(401, {}, {"title": "A valid token is needed", "status": 401, "detail": "Expired."})]
    allclear = CommandLine(tmp_path, stub.url, "alc_1")
    answer = allclear.run("declare", "All is dark", "--offline")
    assert answer.code == 4
    assert len(allclear.kept) == 1


def test_offline_asks_at_once_what_the_server_could_only_ask_later(allclear):
    refused = allclear.run("declare", "All is dark", "--service", "payments", "--offline")
    assert refused.code == 2
    assert "--impact" in refused.err
