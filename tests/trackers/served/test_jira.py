"""Is Jira asked as Cloud and Data Center each want it?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.trackers.served.serving import Fault
from trackers.face import Draft, Field, Problem, TrackerError
from trackers.kinds.jira.meanings import LONGEST_TEXT


@pytest.fixture(params=["jira cloud", "jira data center"])
def there(request, serve):
    return serve(request.param)


@pytest.fixture
def known(there, client):
    pk = there.add()
    return client.get(pk, there.project)


@pytest.fixture
def draft(there):
    return Draft(there.project, "Title", "Text a1", "a1", type="101")


def refused(act) -> TrackerError:
    with pytest.raises(TrackerError) as caught:
        act()
    return caught.value


def ago(**said):
    return datetime.now(UTC) - timedelta(**said)


def test_types_begin_with_a_task_and_have_none_that_need_a_parent(there, client):
    assert [row.name for row in client.project(there.project).types] == ["Task", "Bug", "Epic"]


def test_what_new_tickets_get_beside(there, client, draft):
    extra = {
        "customfield_10010": "Platform",
        "customfield_10011": '{"value": "Red"}',
        "components": '[{"id": "7"}]',
    }
    made = client.create(replace(draft, labels=("incident",), extra=extra))
    sent = there.issues[made.pk]["sent"]
    assert sent["labels"] == ["incident"]
    assert (sent["customfield_10010"], sent["customfield_10011"]) == ("Platform", {"value": "Red"})
    assert sent["components"] == [{"id": "7"}]


def test_a_field_that_the_project_requires(there, client, draft):
    error = refused(lambda: client.create(replace(draft, type="")))
    assert (error.problem, error.words) == (Problem.REFUSED, "refused it: Specify an issue type")


def test_a_long_text_keeps_its_last_paragraph(there, client, draft):
    made = client.create(replace(draft, text="x" * 60_000 + "\n\nAllclear: a1"))
    assert len(there.text(made.pk)) == LONGEST_TEXT
    assert there.text(made.pk).endswith("…\n\nAllclear: a1")


def test_a_state_that_no_step_leads_to(there, client, known):
    there.blocked = {("10000", "10001")}
    error = refused(lambda: client.change(known, {Field.STATE: "10001", Field.TITLE: "New"}))
    assert (error.problem, error.words) == (Problem.REFUSED, "has no step from “To Do” to “Done”")
    assert client.get(known.pk, "10").raw == known.raw, "nor one to another state like it"


def test_a_step_that_needs_a_field(there, client, known):
    there.needs = {"10001": "customfield_10020"}
    error = refused(lambda: client.change(known, {Field.STATE: "10001"}))
    assert (error.problem, error.words) == (Problem.REFUSED, "refused it: Root cause is required.")


@pytest.mark.parametrize(("to", "chosen"), [("10001", "2"), ("10002", "3")])
def test_a_resolution_where_the_step_asks_for_it(there, client, known, to, chosen):
    values = [
        {"id": "1", "name": "Cannot Reproduce"},
        {"id": "2", "name": "Done"},
        {"id": "3", "name": "Won't Do"},
    ]
    there.screens = {to: {"resolution": {"required": True, "allowedValues": values}}}
    there.needs = {to: "resolution"}
    client.change(known, {Field.STATE: to})
    assert there.issues[known.pk]["sent"]["fields"] == {"resolution": {"id": chosen}}


def test_somebody_else_took_the_step_meanwhile(there, client, known):
    there.edit(known.pk, state="10001")
    client.change(known, {Field.STATE: "10001"})
    assert there.value(known.pk, "state") == "10001"


@pytest.mark.parametrize(
    ("begin", "to", "order"), [("3", "10001", ["PUT", "POST"]), ("10001", "3", ["POST", "PUT"])]
)
def test_what_is_done_is_not_edited(there, client, begin, to, order):
    pk = there.add(state=begin)
    client.change(client.get(pk, "10"), {Field.STATE: to, Field.TITLE: "New"})
    assert [one.method for one in there.requests if one.method in ("PUT", "POST")] == order


def test_one_that_was_moved_keeps_its_id(there, client, known):
    key = there.move(known.pk)
    found = client.get(known.pk, "10")
    assert (found.pk, found.key, found.project, found.url) == (
        known.pk,
        key,
        "20",
        f"{there.url}/browse/{key}",
    )


def test_one_that_is_archived(there, client, known):
    there.archive(known.pk)
    assert client.get(known.pk, "10").is_archived


def test_addresses_of_boards_and_of_the_new_view(there, client, known):
    for path in (
        "/jira/software/projects/PAY/boards/1?selectedIssue=PAY-1",
        "/jira/software/projects/PAY/issues/PAY-1?filter=allissues",
        "/browse/PAY-1?focusedCommentId=10100#comment",
        "/browse/PAY-1/",
    ):
        assert client.find(f"{there.url}{path}").pk == known.pk, path


def test_a_comment_where_links_are_not_allowed(there, client, known):
    there.links_allowed = False
    for _ in range(2):
        client.add_backlink(known, "https://allclear.example.test/actions/3/", "Allclear AI-3")
    assert there.links(known.pk) == ["Allclear AI-3: https://allclear.example.test/actions/3/"]


def test_a_deleted_one_among_those_that_may_have_changed(there, client, known):
    """The search is refused: the sweep then asks for each by itself."""
    error = refused(lambda: client.changed_since("10", ago(minutes=5), [known.pk, "99999"]))
    assert error.problem == Problem.REFUSED


def test_an_account_that_may_not_see_people(there, client):
    there.faults.append(Fault(status=403, path="assignable"))
    assert client.project("10").people == ()


def test_a_lost_read_after_a_ticket_was_made(there, client, draft):
    there.faults.append(Fault(status=400, method="GET", path="issue/"))
    error = refused(lambda: client.create(draft))
    assert (error.problem, error.may_have_run) == (Problem.UNREACHABLE, True), (
        "it is looked for, and not made again"
    )


def test_an_expired_token_that_makes_everything_not_found(there, client, known):
    """As Jira answers to somebody unknown."""
    there.is_anonymous = True
    there.expire()
    assert refused(lambda: client.get(known.pk, "10")).problem == Problem.SIGN_IN


def test_a_project_that_is_not_there(there, client):
    assert refused(lambda: client.project("99")).problem == Problem.GONE


def test_no_part_of_an_address_is_taken_from_an_id(there, client):
    assert refused(lambda: client.get("1/../../myself", "10")).problem == Problem.GONE
    assert there.requests[-1].path == "/rest/api/2/issue/1/../../myself", "it went as one part"
