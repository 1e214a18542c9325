"""Do the protocol's own tools agree with /mcp: the conformance tests and the inspector?"""

import json
import re
import shlex
from pathlib import Path

import pytest
from django.conf import settings
from mcp_types.version import LATEST_HANDSHAKE_VERSION, LATEST_MODERN_VERSION

from assistants.catalogue import TOOLS
from tests.assistants.with_token import with_token
from tests.clients.conftest import DOCS, run

PROGRAMS = Path(settings.BASE_DIR) / "node_modules" / ".bin"
NOT_OURS = Path(__file__).with_name("conformance.yaml")
PASSED = r"✓ ([\w-]+): [1-9]\d* passed, 0 failed"
FOR_ALL = {"tools-list", "dns-rebinding-protection"}


@pytest.fixture
def inspect(address, assistant, tmp_path):
    """`inspect("--method", "tools/list")` → what it got, by the command of the documentation; it warns of nothing."""
    page = (DOCS / "assistants.md").read_text()
    found = re.search(r"npx @modelcontextprotocol/(inspector --cli .*?) --method", page, re.DOTALL)
    assert found
    filled = {"https://incidents.example.org/mcp": address, "$ALLCLEAR_TOKEN": assistant.text, "\\\n": ""}
    command = found[1]
    for written, meant in filled.items():
        command = command.replace(written, meant)
    program, *options = shlex.split(command)

    def inspected(*asked):
        answer = tmp_path / "answer.json"
        words = (PROGRAMS / program, *options, *asked, "--quiet", "--output", answer)
        assert run(*words, folder=tmp_path, HOME=str(tmp_path)) == ""
        return json.loads(answer.read_text())

    return inspected


@pytest.mark.parametrize(
    ("version", "of_this_one"),
    [
        (LATEST_HANDSHAKE_VERSION, {"server-initialize", "ping"}),
        (LATEST_MODERN_VERSION, {"http-header-validation", "server-sse-multiple-streams"}),
    ],
)
def test_the_conformance_tests_pass(address, assistant, tmp_path, version, of_this_one):
    asked = ("--suite", "all", "--spec-version", version, "--expected-failures", NOT_OURS)
    with with_token(address, assistant.text) as url:
        said = run(PROGRAMS / "conformance", "server", "--url", url, *asked, folder=tmp_path)
    assert set(re.findall(PASSED, said)) >= FOR_ALL | of_this_one


@pytest.mark.parametrize("era", ["legacy", "modern"])
def test_the_inspector_finds_every_tool_and_calls_one(inspect, incident, era):
    told = inspect("--method", "tools/list", "--strict", "--protocol-era", era)
    assert {tool["name"] for tool in told["tools"]} == set(TOOLS)
    asked = ("--tool-name", "get_incident", "--tool-arg", f"incident={incident.reference}")
    told = inspect("--method", "tools/call", *asked, "--protocol-era", era)
    assert told["structuredContent"]["data"]["title"] == incident.title
