"""Are trackers set up, and tickets created, linked, settled and unlinked through the API?"""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Team
from action_items.workflow import add_action_item, change_action_item
from audit.models import AuditEntry
from tests.api.client import ApiClient
from tests.trackers.conftest import URL
from trackers.face import Problem, TrackerError
from trackers.models import Creates, Ticket, TicketConflict, Tracker, TrackerPerson, TrackerProject
from trackers.workflow import create_ticket


@pytest.fixture
def asked(responder):
    return ApiClient.of(responder)


@pytest.fixture
def conflict(ticket, item, responder, server, work):
    """Both sides changed the title."""
    change_action_item(item=item, by=responder, title="Alert before saturation")
    server.edit(ticket.remote_id, title="Alert at 80 %")
    work()
    return TicketConflict.objects.get(ticket=ticket)


def at(item) -> str:
    return f"action-items/{item.reference}"


# -- trackers ------------------------------------------------------------------------------------------------


def test_one_is_added_tested_paused_and_removed(server, admin, work):
    asked = ApiClient.of(admin)
    said = {"kind": "imaginary", "name": "Backlog", "secret": "s3cret-token"}
    made = asked.post("trackers", said)
    assert (asked.status, made["state"], made["url"]) == (201, "being_tested", URL)
    at = f"trackers/{made['id']}"
    assert asked.last["Location"] == f"/api/v1/{at}"
    work()
    told = asked.get(at)
    assert (told["state"], told["account_there"]) == ("connected", {"id": "1", "name": "Allclear Bot"})
    assert told["projects_found"] == [{"id": "10", "name": "Pay"}, {"id": "20", "name": "Ops"}]
    assert told["looked_at"]
    assert told["answered_at"]
    assert asked.post(f"{at}/pause")["state"] == "paused"
    assert asked.post(f"{at}/resumption")["state"] == "connected"
    server.before = fails(TrackerError(Problem.SIGN_IN, "refused the token (401)"))
    asked.post(f"{at}/test")
    work()
    (told,) = asked.get("trackers")["results"]
    assert told["state"] == "sign_in"
    assert told["problem_words"] == ("Backlog refused the token (401). An administrator can enter a new one.")
    asked.delete(at)
    assert (asked.status, Tracker.objects.count()) == (204, 0)


def fails(error):
    def act(name):
        raise error

    return act


def test_its_secrets_are_never_told(tracker, admin):
    asked = ApiClient.of(admin)
    at = f"trackers/{tracker.pk}"
    renewed = asked.post(f"{at}/webhook-secret")
    tracker.refresh_from_db()
    assert renewed["secret"] == tracker.hook_secret
    for answer in (asked.get(at), asked.get("trackers"), asked.patch(at, {"secret": "token-2"})):
        assert not {"token-1", "token-2", tracker.hook_secret} & set(str(answer).split("'"))
    told = str(AuditEntry.objects.filter(subject=f"tracker:{tracker.pk}").values_list("changes", flat=True))
    assert "token-2" not in told


def test_what_is_refused_names_the_field(tracker, admin):
    asked = ApiClient.of(admin)

    def refused(answer) -> list[str]:
        assert asked.status == 422
        return [error["pointer"] for error in answer["errors"]]

    said = {"kind": "imaginary", "name": "Other", "secret": "token-1"}
    assert refused(asked.post("trackers", said | {"kind": "paper"})) == ["/kind"]
    assert refused(asked.post("trackers", said | {"name": "Backlog"})) == ["/name"]
    assert refused(asked.post("trackers", said | {"url": "ftp://x"})) == ["/url"]
    assert refused(asked.post("trackers", said | {"secret": "two words"})) == ["/secret"]
    at = f"trackers/{tracker.pk}"
    assert refused(asked.patch(at, {"url": "https://evil.example.test"})) == ["/secret"]
    assert refused(asked.post(f"{at}/projects", {"id_there": "99"})) == ["/id_there"]
    assert refused(asked.post(f"{at}/projects", {"id_there": "10", "creates": "always"})) == ["/team"]


def test_a_project_is_added_changed_and_removed(tracker, admin, work):
    Team.objects.create(name="Payments", slug="payments")
    asked = ApiClient.of(admin)
    at = f"trackers/{tracker.pk}/projects"
    made = asked.post(at, {"id_there": "10", "team": "payments", "creates": "always"})
    assert (asked.status, made["team"]["slug"], made["states"]["choices"]) == (201, "payments", [])
    work()
    (told,) = asked.get(at)["results"]
    assert told["states"]["choices"][0] == {"id": "new", "name": "New"}
    assert told["states"]["means"]["rejected"] == "wont_do"
    states = {"means": told["states"]["means"] | {"review": "done"}, "sets": {"done": "closed"}}
    said = {"labels": "incident", "extra": {"cf_1": "Platform"}, "synced_fields": ["title"], "type": "t2"}
    changed = asked.patch(f"{at}/{made['id']}", said | {"states": states})
    assert (asked.status, {name: changed[name] for name in said}) == (200, said)
    assert (changed["states"]["means"]["review"], changed["states"]["sets"]) == ("done", {"done": "closed"})
    assert changed["priorities"] == told["priorities"]
    for wrong, pointer in (
        ({"states": {"means": {"new": "gone"}, "sets": {}}}, "/states"),
        ({"priorities": {"means": {}, "sets": {"P1": "none"}}}, "/priorities"),
        ({"type": "t9"}, "/type"),
        ({"extra": {"": "x"}}, "/extra"),
    ):
        refused = asked.patch(f"{at}/{made['id']}", wrong)
        assert (asked.status, refused["errors"][0]["pointer"]) == (422, pointer)
    asked.post(f"{at}/{made['id']}/look")
    assert asked.status == 200
    asked.delete(f"{at}/{made['id']}")
    assert not TrackerProject.objects.exists()


def test_people_are_matched(project, person, admin, commander):
    asked = ApiClient.of(admin)
    at = f"trackers/{project.tracker_id}/people"
    told = {one["name"]: one["person"] for one in asked.get(at)["results"]}
    assert told["Dana Example"]
    assert told["Sam Example"] is None
    sam = person("Sam Example")
    matched = asked.put(f"{at}/{sam.pk}/match", {"person": commander.email})
    assert (matched["person"]["id"], matched["is_chosen"]) == (commander.pk, True)
    asked.put(f"{at}/{sam.pk}/match", {"person": None})
    assert TrackerPerson.objects.get(pk=sam.pk).user is None


def test_trackers_are_for_administrators(project, asked):
    asked.get("trackers")
    assert asked.status == 403
    asked.post("trackers", {"kind": "imaginary", "name": "B", "secret": "x"})
    assert asked.status == 403
    for path in (f"trackers/{project.tracker_id}", f"trackers/{project.tracker_id}/projects"):
        asked.get(path)
        assert asked.status == 403, "its token cannot have the scope"


# -- tickets -------------------------------------------------------------------------------------------------


def test_one_is_created_once_and_told(project, item, asked, work, server):
    (tracker,) = asked.get("action-items/trackers")["results"]
    assert (tracker["name"], [one["name"] for one in tracker["projects"]]) == ("Backlog", ["Pay"])
    said = {"project": tracker["projects"][0]["id"], "ticket_id": str(uuid4())}
    made = asked.post(f"{at(item)}/tickets", said)
    assert (asked.status, made["state"], made["is_synced"]) == (201, "creating", True)
    assert asked.post(f"{at(item)}/tickets", said)["id"] == made["id"]
    assert asked.last["Location"] == f"/api/v1/{at(item)}/tickets/{made['id']}"
    work()
    told = asked.get(f"{at(item)}/tickets/{made['id']}")
    assert (told["state"], told["key"], told["state_there"], told["problem"]) == (
        "linked",
        "PAY-1",
        "New",
        "",
    )
    assert told["synced_at"]
    (short,) = asked.get(at(item))["tickets"]
    assert {name: told[name] for name in short} == short
    assert len(server.issues) == 1


def test_a_project_with_linked_tickets_only_gets_none(project, item, asked):
    TrackerProject.objects.update(creates=Creates.NEVER)
    assert asked.get("action-items/trackers")["results"][0]["projects"] == []
    refused = asked.post(f"{at(item)}/tickets", {"project": project.pk})
    assert (asked.status, refused["errors"][0]["pointer"]) == (422, "/project")
    assert not item.tickets.exists()


def test_one_is_linked_synced_and_unlinked(project, item, asked, work, server):
    issue = server.add(title="Alert earlier", state="doing")
    said = {"tracker": project.tracker_id, "address": f"PAY-{issue.pk}", "values": "ours"}
    made = asked.post(f"{at(item)}/tickets/link", said)
    assert asked.status == 201
    work()
    assert issue.raw["title"] == item.title
    one = f"{at(item)}/tickets/{made['id']}"
    asked.post(f"{one}/sync")
    assert asked.status == 200
    del server.issues[issue.pk]
    work()
    told = asked.get(one)
    assert told["problem"] == "gone"
    assert told["problem_words"].startswith("Backlog does not find it (404). It was deleted, or")
    asked.delete(one)
    assert (asked.status, asked.get(f"{at(item)}/tickets")["results"]) == (204, [])
    refused = asked.post(f"{at(item)}/tickets/link", said | {"address": " "})
    assert (asked.status, refused["errors"][0]["pointer"]) == (422, "/address")


def test_another_one_is_chosen(ticket, item, asked, project, server, work):
    issue = server.add(title=item.title)
    other = asked.post(
        f"{at(item)}/tickets/link", {"tracker": project.tracker_id, "address": f"PAY-{issue.pk}"}
    )
    work()
    chosen = asked.post(f"{at(item)}/tickets/{other['id']}/choice", {"values": "theirs"})
    assert chosen["is_synced"] is True
    told = asked.get(f"{at(item)}/tickets")["results"]
    assert [(one["id"], one["is_synced"]) for one in told] == [(other["id"], True), (ticket.pk, False)]


def test_many_are_asked_for_at_once(ticket, item, project, asked, responder, private_item):
    one = add_action_item(by=responder, title="Add a limit")
    said = {"items": [one.reference, item.reference], "project": project.pk}
    result = asked.post("action-items/tickets", said)
    assert [made["item"] for made in result["asked"]] == [one.reference]
    assert result["refused"] == [{"item": item.reference, "reason": "It has a ticket there already."}]
    refused = asked.post("action-items/tickets", said | {"items": [private_item.reference]})
    assert (asked.status, refused["errors"][0]["pointer"]) == (422, "/items")


def test_something_private_asks_first(project, private_item, commander, responder):
    asked = ApiClient.of(commander, private=True)
    refused = asked.post(f"{at(private_item)}/tickets", {"project": project.pk})
    assert (asked.status, refused["errors"][0]["pointer"]) == (422, "/is_private_known")
    asked.post(f"{at(private_item)}/tickets", {"project": project.pk, "is_private_known": True})
    assert asked.status == 201
    (ticket,) = asked.get(f"{at(private_item)}/tickets")["results"]
    asked.post(f"{at(private_item)}/tickets/{ticket['id']}/sync", {"is_private_known": True})
    assert asked.status == 200
    for other in (ApiClient.of(commander), ApiClient.of(responder)):
        other.get(f"{at(private_item)}/tickets")
        assert other.status == 404


def test_a_conflict_is_settled(conflict, item, asked, responder, server, work):
    ticket = conflict.ticket
    assert asked.get(at(item))["tickets"][0]["open_conflicts"] == 1
    conflicts = f"{at(item)}/tickets/{ticket.pk}/conflicts"
    (told,) = asked.get(conflicts)["results"]
    assert (told["field"], told["ours"], told["theirs"]) == (
        "title",
        "Alert before saturation",
        "Alert at 80 %",
    )
    assert (told["ours_by"]["id"], told["theirs_by"], told["settled_used"]) == (
        responder.pk,
        "Dana Example",
        None,
    )
    other = "ours" if told["used"] == "theirs" else "theirs"
    settled = asked.post(f"{conflicts}/{told['id']}/settlement", {"use": other})
    assert (settled["settled_used"], settled["settled_by"]["id"]) == (other, responder.pk)
    work()
    item.refresh_from_db()
    assert item.title == server.issues[ticket.remote_id].raw["title"] == told[other]


def test_owners_of_a_conflict_are_told_by_name(ticket, item, asked, responder):
    ticket.conflicts.create(field="owner", ours=str(responder.pk), theirs="", used_theirs=False)
    (told,) = asked.get(f"{at(item)}/tickets/{ticket.pk}/conflicts")["results"]
    assert (told["ours"], told["ours_words"], told["theirs_words"]) == (
        str(responder.pk),
        responder.name,
        "Nobody",
    )


def test_who_may_only_read_changes_nothing(conflict, item, stakeholder, project):
    asked = ApiClient.of(stakeholder)
    one = f"{at(item)}/tickets/{conflict.ticket_id}"
    assert asked.get(one)["open_conflicts"] == 1
    for path, said in (
        (f"{at(item)}/tickets", {"project": project.pk}),
        (f"{at(item)}/tickets/link", {"tracker": project.tracker_id, "address": "PAY-1"}),
        (f"{one}/sync", None),
        (f"{one}/choice", {}),
        (f"{one}/conflicts/{conflict.pk}/settlement", {"use": "ours"}),
    ):
        asked.post(path, said)
        assert asked.status == 403, path
    asked.delete(one)
    assert asked.status == 403
    refused = asked.post("action-items/tickets", {"items": [item.reference], "project": project.pk})
    assert refused["asked"] == []


def test_tickets_cost_a_list_one_query(ticket, project, asked, responder):
    def queries() -> int:
        with CaptureQueriesContext(connection) as told:
            asked.get("action-items?limit=200")
        return len(told)

    queries()  # notes that the token was used
    few = queries()
    for number in range(5):
        other = add_action_item(by=responder, title=f"Another {number}", owner=responder)
        create_ticket(by=responder, item=other, project=project)
    assert queries() == few <= 8
    Ticket.objects.all().delete()
    assert queries() == few
