"""Does /mcp speak with the library's own client, and only with those who may?"""

import json
import urllib.error
import urllib.request

import httpx2
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

from accounts.workflow import allow_assistants
from incidents.models import Incident
from tests.loops import run

PING = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}


def sent(address, token="", method="POST", **headers):
    """(status, headers, answer) of one request."""
    accepted = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    allowed = {"Authorization": f"Bearer {token}"} if token else {}
    data = json.dumps(PING).encode() if method == "POST" else None
    request = urllib.request.Request(address, data, accepted | allowed | headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers, json.load(answer)
    except urllib.error.HTTPError as answer:
        return answer.status, answer.headers, json.load(answer)


async def _declared(address, token):
    """The tools, and what came back from a preview, its confirmation, the same again, and for another title."""
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=30) as http,
        Client(streamable_http_client(address, http_client=http)) as client,
    ):
        tools = (await client.list_tools()).tools
        said = {"title": "Checkout fails", "severity": "SEV2"}
        preview, unused = [await client.call_tool("declare_incident", said) for _ in range(2)]
        agreed = said | {"confirmation": preview.structured_content["confirmation"]}
        done, again = [await client.call_tool("declare_incident", agreed) for _ in range(2)]
        other = {"confirmation": unused.structured_content["confirmation"], "title": "Close everything"}
        return tools, preview, done, again, await client.call_tool("declare_incident", said | other)


def test_its_client_declares_through_preview_and_confirmation(address, assistant):
    tools, preview, done, again, other = run(_declared(address, assistant.text))
    hints = {tool.name: tool.annotations.read_only_hint for tool in tools}
    assert hints["find_incidents"]
    assert not hints["declare_incident"]
    assert not preview.structured_content["done"]
    assert json.loads(done.content[0].text) == done.structured_content
    assert done.structured_content["data"]["reference"] == Incident.objects.get().reference
    assert (again.is_error, other.is_error) == (True, True)
    assert "used already" in again.structured_content["error"]
    assert "another preview" in other.structured_content["error"]


def test_a_token_is_offered_only_what_its_scopes_allow(address, assistant_of, commander):
    reading = assistant_of(commander, "incidents:read")
    status, headers, answer = sent(address, reading.text)
    names = {tool["name"] for tool in answer["result"]["tools"]}
    assert (status, headers["Cache-Control"]) == (200, "no-store")
    assert headers["RateLimit"]
    assert "get_timeline" in names
    assert not names & {"declare_incident", "get_metrics"}


def test_nobody_comes_in_who_may_not(address, assistant, admin):
    assert sent(address)[0] == 401
    assert sent(address)[1]["WWW-Authenticate"].startswith("Bearer")
    assert sent(address, "alc_" + "0" * 32)[0] == 401
    status, headers, _ = sent(address, assistant.text, "GET")
    assert (status, headers["Allow"]) == (405, "POST")
    assert sent(address, assistant.text, Origin="https://elsewhere.example")[0] == 403
    assert sent(address, assistant.text, Origin=address.removesuffix("/mcp"))[0] == 200
    assert sent(address, assistant.text, Host="elsewhere.example")[0] == 400
    allow_assistants(by=admin, allowed=False)
    status, headers, problem = sent(address, assistant.text)
    assert (status, headers["Content-Type"]) == (404, "application/problem+json")
    assert "switched off" in problem["detail"]
