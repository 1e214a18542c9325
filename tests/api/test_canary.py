"""Does one word of something private come out anywhere, by API, events, webhooks or tools of assistants?

A private incident and its retrospective are told in one word. Then everybody who is not on them reads all there is to
read, and so does one who is on them by a token made without “private”.
"""

from datetime import timedelta

import pytest
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone
from rest_framework.request import Request

from accounts.models import SCOPES, User
from accounts.workflow import create_token
from alerts.workflow import attach_alert
from api.registry import OPERATIONS, Operation
from api.shapes.events import PUBLIC
from assistants import tools  # noqa: F401 - it offers them
from assistants.calling import call_tool
from assistants.catalogue import TOOLS
from demo.load import load_demo
from incidents.models import Incident
from incidents.workflow import merge_incident
from integrations.workflow import create_integration, process_payload, receive
from notifications.models import Delivery
from notifications.tasks import expand_due_events
from notifications.workflow import add_channel, choose_events
from tests.api.generated import World, filled

WORD = "Zephyrquartz"
OTHERS = {"responder": "tom@example.test", "stakeholder": "nora@example.test"}


@pytest.fixture
def world(db, settings):
    settings.API_RATE = "1000000 per minute"
    load_demo()
    made = World()
    channel = add_channel(by=made.admin, name="All", kind="webhook", url="https://receiver.example.test/in")
    made.webhook = choose_events(by=made.admin, channel=channel, events=PUBLIC)
    tell_in_one_word(made)
    return made


def tell_in_one_word(world: World) -> None:
    now = timezone.now()
    soon, past = (now + timedelta(minutes=30)).isoformat(), (now - timedelta(minutes=5)).isoformat()
    told = world.post("incidents", title=WORD, summary=WORD, severity="SEV2", is_private=True)
    incident = Incident.objects.get(number=int(told["reference"].rpartition("-")[2]))
    at = f"incidents/{told['reference']}"
    post = world.post
    post(f"{at}/hypotheses", claim=WORD, test=WORD)
    post(f"{at}/mitigations", text=WORD, risk=WORD, expected_effect=WORD)
    post(f"{at}/tasks", title=WORD)
    post(f"{at}/recovery-checks", title=WORD, kind="confirmation")
    post(f"{at}/changes", title=WORD, at=past)
    post(f"{at}/links", label=WORD, url=f"https://{WORD}.example.org/")
    post(f"{at}/timeline", text=WORD, detail=WORD)
    post(f"{at}/timeline/gaps", text=WORD, occurred_at=past)
    post(f"{at}/evidence", kind="log", title=WORD, body=WORD)
    post(f"{at}/update-requests", question=WORD)
    post(
        f"{at}/status-updates",
        audiences=["stakeholders"],
        known=WORD,
        unknown=WORD,
        doing=WORD,
        next_update_at=soon,
    )
    retrospective = f"retrospectives/{post(f'{at}/retrospective')['id']}"
    post(f"{retrospective}/contributing-factors", text=WORD, explanation=WORD)
    post(f"{retrospective}/learnings", kind="surprised", text=WORD)
    post(f"{retrospective}/timeline", text=WORD, occurred_at=past)
    post(f"{retrospective}/sections/summary/comments", text=WORD)
    about = {"title": WORD, "description": WORD, "retrospective": int(retrospective.rpartition("/")[2])}
    world.add_ticket(post("action-items", **about)["reference"], WORD, state=WORD, is_private_known=True)
    sender, _key = create_integration(by=world.admin, kind="generic", name="Cameras")
    body = f'{{"title": "{WORD}", "labels": {{"host": "{WORD}"}}}}'.encode()
    process_payload(receive(integration=sender, dialect="generic", body=body).pk)
    attach_alert(alert=sender.alerts.get(), incident=incident, by=world.admin)
    # Something public leads to it.
    public = world.post("incidents", title="Seen by all", severity="SEV3")
    merge_incident(
        incident=Incident.objects.get(number=int(public["reference"].rpartition("-")[2])),
        into=incident,
        by=world.admin,
    )


def token_of(world: World, reader: str):
    """(token, its text) of somebody who is not on it, or of somebody who is, without “private”."""
    is_blind = reader == "without private"
    person = world.admin if is_blind else User.objects.get(email=OTHERS[reader])
    scopes = [scope for scope in SCOPES if scope != "admin" or person.is_administrator]
    return create_token(by=person, name="reads", scopes=scopes, reaches_private=not is_blind)


def read(operation: Operation, known: dict[str, str], token: str, query: str = ""):
    headers = {"Authorization": f"Bearer {token}"}
    answer = Client().get(f"/api/v1/{filled(operation.path, known)}{query}", headers=headers)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, content + str(dict(answer.headers)).encode()


def test_no_word_comes_out(world):
    """One world for all doors: it takes longer to make than to read."""
    tokens = {reader: token_of(world, reader) for reader in (*OTHERS, "without private")}
    addresses, there = [], 0
    for operation in OPERATIONS:
        if operation.method != "GET" or operation.name == "stream_events":  # tests/live/test_event_stream.py
            continue
        known = world.addresses(operation.path)
        telling = [one for one in known if WORD.encode() in read(operation, one, world.tokens[0])[1]]
        there += len(telling)
        addresses += [(operation, one) for one in telling or known[:1]]
    assert there > 30, "whoever is on it reads it"
    for token, text in tokens.values():
        assert by_api(addresses, text) == []
        assert by_tools(world, token) == []
    assert by_webhook(world) == []


def by_api(addresses, text: str) -> list[str]:
    told, found = [], 0
    for operation, known in addresses:
        fields = operation.query().fields if operation.query else {}
        searches = [f"?{name}={WORD}" for name in ("q", "title") if name in fields]
        for query in ["?limit=200" if operation.is_list else "", *searches]:
            status, content = read(operation, known, text, query)
            assert status < 500, (operation.name, known)
            found += status == 200
            if WORD.encode() in content.replace(query.encode(), b""):  # in links to pages
                told.append(f"{operation.name} {known} {query}")
    assert found > 40
    return told


def by_tools(world: World, token) -> list[str]:
    request = Request(HttpRequest())
    request.user, request.auth = token.acting_person(), token
    told, found = [], 0
    for tool in TOOLS.values():
        if tool.writes:
            continue
        words = {name: WORD for name in tool.arguments if name in ("q", "title")}
        for known in world.addresses(tool.operation.path)[:4]:
            arguments = {name: known[name] for name in tool.operation.parts}
            for more in [{}, words] if words else [{}]:
                answer, _did = call_tool(request, tool.name, arguments | more)
                found += "error" not in answer
                if WORD in str(answer):
                    told.append(f"{tool.name} {arguments} {more}")
    assert found > 10
    return told


def by_webhook(world: World) -> list[str]:
    world.post("incidents", title="Seen by all as well", severity="SEV3")
    expand_due_events()
    sent = [str(row.content) for row in Delivery.objects.filter(channel=world.webhook)]
    assert any("incident.declared" in content for content in sent)
    return [content for content in sent if WORD in content]
