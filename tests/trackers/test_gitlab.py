"""Does the client of GitLab read and set what is there?"""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.trackers.fake_gitlab import BOT, DANA, SAM
from trackers.face import Access, Draft, Field, Problem, TrackerError
from trackers.kinds.gitlab.client import Client


@pytest.fixture
def client(gitlab):
    return Client(Access("gitlab", gitlab.url, "token-1"))


def draft(**said):
    usual = {
        "project": "10",
        "title": "Alert on saturation",
        "text": "See …?ticket=abc123",
        "marker": "abc123",
    }
    return Draft(**(usual | said))


def test_the_connection_says_who_we_are_and_what_is_in_reach(client, gitlab):
    found = client.look()
    assert (found.account.pk, found.account.name, found.warning) == ("1", "Allclear", "")
    assert [(row.pk, row.name) for row in found.projects] == [("10", "acme/pay"), ("20", "acme/deep/ops")]
    asked = gitlab.calls("GET", "/projects")[0]
    assert (asked.headers["PRIVATE-TOKEN"], asked.query["archived"]) == ("token-1", "false")


@pytest.mark.parametrize(("scopes", "is_warned"), [(["api"], False), (["read_api"], True), (None, False)])
def test_scopes_that_are_too_few_are_said(client, gitlab, scopes, is_warned):
    gitlab.scopes = scopes
    assert ("scope “api”" in client.look().warning) is is_warned


def test_many_projects_are_listed_up_to_a_limit(client, gitlab):
    for number in range(1000, 2200):
        gitlab.add_project(str(number), f"acme/{number}")
    found = client.look()
    assert len(found.projects) == 1000
    assert found.warning == "Only the 1000 projects with the newest changes are listed."


def test_a_project_has_states_and_people(client, gitlab):
    facts = client.project("20")
    assert (facts.name, facts.url, facts.warning) == ("acme/deep/ops", f"{gitlab.url}/acme/deep/ops", "")
    assert [(row.pk, row.category) for row in facts.states] == [("opened", "open"), ("closed", "closed")]
    assert [person.name for person in facts.people] == ["Allclear", "Dana Example", "Sam Example"]


def test_a_project_that_cannot_be_used_says_why(client, gitlab):
    gitlab.projects["10"]["permissions"]["project_access"]["access_level"] = 10
    assert "role may not change issues" in client.project("10").warning
    gitlab.projects["10"]["issues_enabled"] = False
    assert "switched off" in client.project("10").warning
    gitlab.projects["10"]["archived"] = True
    assert "archived" in client.project("10").warning


def test_an_issue_is_made_with_all_that_is_said(client, gitlab):
    made = client.create(
        draft(
            labels=("incident", "p1"),
            raw={Field.OWNER: "2", Field.DUE: "2027-03-01"},
            extra={"confidential": "true"},
        )
    )
    assert (made.pk, made.key, made.project) == ("10/1", "acme/pay#1", "10")
    assert made.url == f"{gitlab.url}/acme/pay/-/issues/1"
    assert made.raw == {
        Field.TITLE: "Alert on saturation",
        Field.STATE: "opened",
        Field.OWNER: "2",
        Field.DUE: "2027-03-01",
    }
    assert made.names[Field.OWNER] == "Dana Example"
    assert gitlab.calls("POST", "/issues")[0].said == {
        "title": "Alert on saturation",
        "description": "See …?ticket=abc123",
        "labels": "incident,p1",
        "assignee_ids": [2],
        "due_date": "2027-03-01",
        "confidential": "true",
    }


def test_a_line_of_the_text_gives_gitlab_no_orders(client, gitlab):
    client.create(draft(text="First\n/close\n  /Assign @root\nin /etc/hosts\n"))
    assert gitlab.issues["10", 1]["description"] == "First\n\\/close\n  \\/Assign @root\nin /etc/hosts\n"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"title": ""}, "refused it: title can't be blank"),
        ({"extra": {"milestone_id": "x"}}, "refused it: milestone_id is invalid"),
    ],
)
def test_what_is_refused_names_the_field(client, said, words):
    with pytest.raises(TrackerError) as caught:
        client.create(draft(**said))
    assert (caught.value.problem, caught.value.words) == (Problem.REFUSED, words)


@pytest.mark.parametrize(
    ("raw", "there"),
    [
        ({Field.TITLE: "Later"}, {"title": "Later"}),
        ({Field.STATE: "closed"}, {"state": "closed"}),
        ({Field.OWNER: "3"}, {"assignees": [SAM]}),
        ({Field.OWNER: ""}, {"assignees": []}),
        ({Field.DUE: "2027-01-04"}, {"due_date": "2027-01-04"}),
        ({Field.DUE: ""}, {"due_date": None}),
    ],
)
def test_each_field_is_set_and_no_other(client, gitlab, raw, there):
    gitlab.add_issue(title="Now", assignees=[DANA], due_date="2027-01-01")
    before = dict(gitlab.issues["10", 1])
    client.change(client.get("10/1", "10"), raw)
    after = gitlab.issues["10", 1]
    assert {name: after[name] for name in there} == there
    assert {name for name in before if before[name] != after[name]} - {"updated_at"} == set(there)


def test_a_closed_one_is_opened_again(client, gitlab):
    gitlab.add_issue(state="closed")
    client.change(client.get("10/1", "10"), {Field.STATE: "opened"})
    assert gitlab.issues["10", 1]["state"] == "opened"


def test_its_history_says_when_it_was_closed_and_by_whom(client, gitlab):
    gitlab.add_issue()
    for state in ["closed", "opened"] * 60 + ["closed"]:
        gitlab.edit(("10", 1), state=state)
    changes = client.get("10/1", "10").changes
    assert [(one.field, one.before, one.after) for one in changes[-2:]] == [
        (Field.STATE, "closed", "opened"),
        (Field.STATE, "opened", "closed"),
    ]
    assert changes[-1].by.name == "Dana Example"


@pytest.mark.parametrize(
    "pasted",
    [
        "{url}/acme/deep/ops/-/issues/1",
        "{url}/acme/deep/ops/issues/1#note_7",
        "{url}/acme/deep/ops/-/work_items/1",
        " acme/deep/ops#1 ",
    ],
)
def test_it_is_found_by_what_people_paste(client, gitlab, pasted):
    gitlab.add_issue("20", title="Theirs")
    found = client.find(pasted.format(url=gitlab.url))
    assert (found.pk, found.raw[Field.TITLE]) == ("20/1", "Theirs")


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("https://other.example.test/acme/pay/-/issues/1", "has another address than this ticket"),
        (
            "{url}/acme/pay/-/merge_requests/1",
            "has a merge request there, which cannot be linked. Link an issue",
        ),
        ("acme/pay!1", "has a merge request there, which cannot be linked. Link an issue"),
        ("{url}/acme/pay", "needs the address of an issue, or a key such as acme/shop#12"),
        ("#1", "needs the address of an issue, or a key such as acme/shop#12"),
    ],
)
def test_what_is_no_issue_is_refused_in_words(client, gitlab, pasted, words):
    with pytest.raises(TrackerError) as caught:
        client.find(pasted.format(url=gitlab.url))
    assert (caught.value.problem, caught.value.words) == (Problem.REFUSED, words)


def test_one_that_was_made_is_found_by_its_marker(client, gitlab):
    made = client.create(draft())
    gitlab.add_issue(by=DANA, description="A copy of abc123 by somebody else")
    for _ in range(120):
        gitlab.add_issue(by=BOT)
    since = timezone.now() - timedelta(minutes=5)
    assert client.find_marked("10", "abc123", since).pk == made.pk
    assert client.find_marked("10", "other", since) is None
    assert client.find_marked("20", "abc123", since) is None


def test_the_backlink_is_written_once(client, gitlab):
    gitlab.add_issue()
    found = client.get("10/1", "10")
    for _ in range(2):
        client.add_backlink(found, "https://allclear.test/actions/5/", "Allclear ACT-5")
    assert [row["body"] for row in gitlab.notes["10", 1]] == [
        "Allclear ACT-5: https://allclear.test/actions/5/"
    ]


def test_what_changed_is_told_of_those_that_are_linked(client, gitlab):
    for _ in range(3):
        gitlab.add_issue()
    since = gitlab.clock + timedelta(minutes=1)
    assert client.changed_since("10", since, ["10/1", "10/2"]) == []
    gitlab.clock = since
    gitlab.edit(("10", 2), title="New")
    gitlab.edit(("10", 3), state="closed")
    assert client.changed_since("10", since, ["10/1", "10/2"]) == ["10/2"]


def test_a_renamed_project_changes_the_key_only(client, gitlab):
    gitlab.add_issue()
    gitlab.rename("10", "acme/payments")
    found = client.get("10/1", "10")
    assert (found.pk, found.key, found.project) == ("10/1", "acme/payments#1", "10")
    assert client.find("acme/pay#1").key == "acme/payments#1", "its old name leads there"


def test_a_moved_issue_is_followed(client, gitlab):
    gitlab.add_issue("20")
    gitlab.add_issue(title="Moving")
    gitlab.move(("10", 1), "20")
    found = client.get("10/1", "10")
    assert (found.pk, found.key, found.project) == ("20/2", "acme/deep/ops#2", "20")
    assert (found.raw[Field.TITLE], found.raw[Field.STATE]) == ("Moving", "opened")
    gitlab.move(("20", 2), "10")
    assert client.get("10/1", "10").pk == "10/2"


def test_one_that_was_moved_out_of_sight_is_said(client, gitlab):
    gitlab.add_issue()
    gitlab.move(("10", 1), "20")
    gitlab.hidden.add(gitlab.issues["20", 1]["id"])
    with pytest.raises(TrackerError) as caught:
        client.get("10/1", "10")
    assert (caught.value.problem, caught.value.words) == (
        Problem.FORBIDDEN,
        "moved it to a project that the token may not see",
    )


def test_a_deleted_one_is_gone(client, gitlab):
    with pytest.raises(TrackerError) as caught:
        client.get("10/9", "10")
    assert caught.value.problem == Problem.GONE
    assert caught.value.words.startswith("does not find it (404)")


def test_what_the_project_forbids_is_said_with_what_to_do(client, gitlab):
    gitlab.add_issue()
    found = client.get("10/1", "10")
    for facts, problem, words in (
        ({"archived": True}, Problem.ARCHIVED, "has archived this project: nothing can be changed there"),
        (
            {"archived": False, "issues_enabled": False},
            Problem.FORBIDDEN,
            "has issues switched off in this project. Switch them on in its settings",
        ),
        ({"issues_enabled": True}, Problem.FORBIDDEN, "does not allow this (403)"),
    ):
        gitlab.may_write = False
        gitlab.projects["10"] |= facts
        with pytest.raises(TrackerError) as caught:
            client.change(found, {Field.TITLE: "Later"})
        assert (caught.value.problem, caught.value.words) == (problem, words)
