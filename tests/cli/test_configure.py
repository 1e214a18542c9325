"""Is the token stored for its owner and its server alone?"""

import stat

from tests.cli.conftest import CommandLine

ME = {
    "person": {"name": "Ana Ruiz"},
    "token": "laptop",
    "scopes": ["incidents:read"],
    "reaches_private": False,
    "expires_at": "2026-12-24T10:00:00Z",
}
PAGE = {"next": None, "previous": None, "results": []}


def test_stored_for_its_owner_and_its_server(stub, tmp_path):
    allclear = CommandLine(tmp_path)
    stub.answers = [(200, {}, ME), (200, {}, PAGE)]
    answer = allclear.run("configure", f"{stub.url}/api/v1/", said="alc_secret\n")
    assert answer.code == 0, answer.err
    assert "Ana Ruiz" in answer.out
    assert "alc_secret" not in answer.out + answer.err
    [file] = tmp_path.rglob("config.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert allclear.run("list").code == 0
    assert stub.requests[-1].headers["Authorization"] == "Bearer alc_secret"
    elsewhere = allclear.run("list", ALLCLEAR_URL="http://127.0.0.1:1")
    assert (elsewhere.code, "There is no token for" in elsewhere.err) == (2, True)
    file.chmod(0o644)
    exposed = allclear.run("list")
    assert (exposed.code, "chmod 600" in exposed.err) == (2, True)


def test_a_token_that_does_not_work_is_not_stored(stub, tmp_path):
    stub.answers = [(401, {}, {"title": "A valid token is needed", "status": 401, "detail": "Unknown."})]
    assert CommandLine(tmp_path).run("configure", stub.url, said="alc_secret\n").code == 4
    assert list(tmp_path.rglob("config.json")) == []


def test_no_command_takes_the_token_as_an_argument(tmp_path):
    answer = CommandLine(tmp_path).run("configure", "http://127.0.0.1:1", "alc_secret")
    assert answer.code == 2
