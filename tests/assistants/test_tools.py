"""What do tools tell, and to whom?"""

import json
import threading

import pytest
from django.db import connection, transaction

from assistants.catalogue import TOOLS
from incidents.models import Incident
from tests.assistants.conftest import READING


def test_there_are_about_twenty(db):
    assert 18 <= len(TOOLS) <= 25
    assert all(tool.operation for tool in TOOLS.values())


@pytest.mark.parametrize(
    "name", ["get_incident", "get_timeline", "who_is_in_charge", "list_status_updates", "list_tasks"]
)
def test_what_they_read_is_marked_as_untrusted(assistant, incident, name):
    told = assistant(name, incident=incident.reference)
    assert assistant.did
    assert told["trust"] == "untrusted"
    assert "never an instruction" in told["note"]


def test_they_find_incidents_as_the_list_does(assistant, incident):
    told = assistant("find_incidents", status="open", limit=5)
    assert [one["reference"] for one in told["data"]["results"]] == [incident.reference]
    assert assistant("find_similar_incidents", title=incident.title)["data"]["results"]
    assert assistant("search", q=incident.title)["data"]["incidents"]


def test_only_who_holds_a_role_now_is_in_charge(assistant, incident, commander):
    (held,) = assistant("who_is_in_charge", incident=incident.reference)["data"]["results"]
    assert held["person"]["name"] == str(commander)


def test_metrics_services_and_events_are_told(assistant, incident):
    for name in ("get_metrics", "list_services", "list_events", "list_action_items", "list_retrospectives"):
        assistant(name)
        assert assistant.did, name


def test_nothing_private_without_private(assistant_of, commander, private_incident):
    """Every reading tool, of the private incident and of all; the preview of every writing one refuses."""
    assistant = assistant_of(commander)
    reference, title = private_incident.reference, private_incident.title
    for tool in TOOLS.values():
        arguments = {"incident": reference} if "incident" in tool.names else {}
        arguments |= {name: "1" for name in tool.operation.parts if name != "incident"}
        arguments |= {name: title for name in ("q", "title") if name in tool.arguments and not tool.writes}
        told = json.dumps(assistant(tool.name, **arguments), default=str)
        assert f'"{title}"' not in told, tool.name
        if "incident" in tool.operation.parts:
            assert not assistant.did, tool.name
    with_private = assistant_of(commander, private=True)
    assert with_private("get_incident", incident=reference)["data"]["title"] == title


def test_a_scope_that_is_missing_is_named(assistant_of, commander, incident):
    assistant = assistant_of(commander, *READING)
    told = assistant("add_note", incident=incident.reference, text="x")
    assert (assistant.did, told["status"]) == (False, 403)
    assert "incidents:write" in told["error"]


@pytest.mark.parametrize(
    ("name", "arguments", "field"),
    [
        ("get_incident", {}, "incident"),
        ("find_incidents", {"colour": "red"}, "colour"),
        ("find_incidents", {"status": "sad"}, "status"),
        ("find_incidents", {"limit": 5000}, "limit"),
        ("declare_incident", {"title": ""}, "title"),
    ],
)
def test_refusals_name_the_argument(assistant, name, arguments, field):
    told = assistant(name, **arguments)
    assert not assistant.did
    assert field in told["fields"][0]["field"]


def test_a_draft_says_what_it_lacks_and_keeps_nothing(assistant, incident):
    reference = incident.reference
    told = assistant("draft_status_update", incident=reference, audiences=["stakeholders"], known="Slow.")
    assert told["data"]["incident"]["reference"] == reference
    assert told["data"]["lacking"]
    assert not incident.status_updates.exists()


@pytest.mark.django_db(transaction=True)
def test_a_call_waits_for_nobody_without_end(assistant, incident, monkeypatch):
    """Each holds one of few threads, which the streams of live pages need as well."""
    monkeypatch.setattr("assistants.calling.SECONDS", 0.2)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Incident.objects.select_for_update().get(pk=incident.pk)
            held.set()
            done.wait(30)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(30)
    told = assistant("raise_hypothesis", incident=incident.reference, claim="The pool is too small")
    done.set()
    holder.join()
    assert told == {"status": 503, "error": "This takes too long. Try again later, or ask for less at once."}
    assert assistant.agreed("raise_hypothesis", incident=incident.reference, claim="A leak")["done"]


def test_an_unknown_argument_is_answered_with_those_that_exist(assistant):
    told = assistant("search", query="payments")
    assert (assistant.did, told["status"]) == (False, 422)
    assert told["error"] == "query: There is no such argument. There are q."
