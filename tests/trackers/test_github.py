"""Does the client of GitHub read and set what is there?"""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.trackers.fake_github import BOT, DANA, SAM
from trackers.face import Access, Draft, Field, Problem, TrackerError
from trackers.kinds.github.client import Client
from trackers.kinds.github.connection import addresses


@pytest.fixture
def client(github):
    return Client(Access("github", github.url, "token-1"))


def draft(**said):
    usual = {
        "project": "10",
        "title": "Alert on saturation",
        "text": "See …?ticket=abc123",
        "marker": "abc123",
    }
    return Draft(**(usual | said))


@pytest.mark.parametrize(
    ("url", "web", "api"),
    [
        ("https://github.com", "https://github.com", "https://api.github.com"),
        ("https://www.github.com/", "https://github.com", "https://api.github.com"),
        ("https://api.github.com", "https://github.com", "https://api.github.com"),
        ("https://acme.ghe.com", "https://acme.ghe.com", "https://api.acme.ghe.com"),
        ("https://git.acme.test", "https://git.acme.test", "https://git.acme.test/api/v3"),
        ("https://git.acme.test/api/v3/", "https://git.acme.test", "https://git.acme.test/api/v3"),
    ],
)
def test_each_address_has_its_api(url, web, api):
    assert addresses(url) == (web, api)


def test_the_connection_says_who_we_are_and_what_is_in_reach(client, github):
    github.add_repository("30", "acme/old", archived=True)
    github.add_repository("40", "acme/code", has_issues=False)
    found = client.look()
    assert (found.account.pk, found.account.name) == ("1", "Allclear Bot")
    assert [(row.pk, row.name) for row in found.projects] == [("10", "acme/pay"), ("20", "acme/ops")]
    assert found.warning == ""
    asked = github.calls("GET", "/user/repos")[0]
    assert (asked.headers["Authorization"], asked.headers["User-Agent"]) == ("token token-1", "Allclear")
    assert (asked.query["sort"], asked.query["direction"]) == ("pushed", "desc")


@pytest.mark.parametrize(
    ("scopes", "warning"),
    [
        ("repo, user", ""),
        ("public_repo", "The token reaches public repositories only. For others it needs the scope “repo”."),
        ("", "The token may not write issues. Give it the scope “repo”."),
    ],
)
def test_scopes_that_are_too_few_are_said(client, github, scopes, warning):
    github.scopes = scopes
    assert client.look().warning == warning


def test_many_repositories_are_listed_up_to_a_limit(client, github):
    for number in range(1000, 1600):
        github.add_repository(str(number), f"acme/{number}")
    found = client.look()
    assert len(found.projects) == 500
    assert found.warning == "Only the 500 repositories with the newest changes are listed."


def test_a_project_has_states_and_people_and_makes_nothing(client, github):
    facts = client.project("10")
    assert (facts.name, facts.url, facts.warning) == ("acme/pay", f"{github.url}/acme/pay", "")
    assert [(row.pk, row.category) for row in facts.states] == [
        ("open", "open"),
        ("closed:completed", "done"),
        ("closed:not_planned", "wont_do"),
        ("closed:duplicate", "wont_do"),
    ]
    assert [person.name for person in facts.people] == ["allclear-bot", "dana", "sam"]
    assert github.issues == {}


def test_a_project_that_cannot_be_used_says_why(client, github):
    github.may_write = False
    assert "“Issues: read and write”" in client.project("10").warning
    github.repositories["10"]["has_issues"] = False
    assert "switched off" in client.project("10").warning
    github.repositories["10"]["archived"] = True
    assert "archived" in client.project("10").warning


def test_an_issue_is_made_with_all_that_is_said(client, github):
    made = client.create(
        draft(labels=("incident", "p1"), raw={Field.OWNER: "2"}, extra={"milestone": "4", "type": "Task"})
    )
    assert (made.pk, made.key, made.project) == ("10/1", "acme/pay#1", "10")
    assert made.url == f"{github.url}/acme/pay/issues/1"
    assert made.raw == {Field.TITLE: "Alert on saturation", Field.STATE: "open", Field.OWNER: "2"}
    assert made.names[Field.OWNER] == "dana"
    said = github.calls("POST", "/issues")[0].said
    assert said == {
        "title": "Alert on saturation",
        "body": "See …?ticket=abc123",
        "labels": ["incident", "p1"],
        "assignees": ["dana"],
        "milestone": 4,
        "type": "Task",
    }


def test_what_is_refused_names_the_field(client):
    with pytest.raises(TrackerError) as caught:
        client.create(draft(extra={"milestone": "99"}))
    assert caught.value.problem == Problem.REFUSED
    assert caught.value.words == "refused it: Validation Failed milestone invalid"


@pytest.mark.parametrize(
    ("raw", "there"),
    [
        ({Field.TITLE: "Later"}, {"title": "Later"}),
        ({Field.STATE: "closed:completed"}, {"state": "closed", "state_reason": "completed"}),
        ({Field.STATE: "closed:not_planned"}, {"state": "closed", "state_reason": "not_planned"}),
        ({Field.OWNER: "3"}, {"assignees": [SAM]}),
        ({Field.OWNER: ""}, {"assignees": []}),
    ],
)
def test_each_field_is_set_and_no_other(client, github, raw, there):
    github.add_issue(title="Now", assignees=[DANA])
    before = dict(github.issues["10", 1])
    client.change(client.get("10/1", "10"), raw)
    after = github.issues["10", 1]
    assert {name: after[name] for name in there} == there
    changed = {name for name in before if before[name] != after[name]} - {"updated_at"}
    assert changed <= set(there)


def test_a_closed_one_is_opened_again(client, github):
    github.add_issue(state="closed", state_reason="not_planned")
    client.change(client.get("10/1", "10"), {Field.STATE: "open"})
    assert github.issues["10", 1]["state"] == "open"


def test_an_owner_who_is_gone_is_said(client, github):
    github.add_issue()
    with pytest.raises(TrackerError) as caught:
        client.change(client.get("10/1", "10"), {Field.OWNER: "77"})
    assert caught.value.problem == Problem.REFUSED


def test_its_history_says_what_was_before(client, github):
    github.add_issue(title="Now")
    for said in (
        {"title": "Later"},
        {"state": "closed", "state_reason": "not_planned"},
        {"state": "open"},
        {"assignees": [2]},
        {"assignees": [3]},
    ):
        github.edit(("10", 1), DANA, **said)
    changes = client.get("10/1", "10").changes
    assert [(one.field, one.before, one.after) for one in changes] == [
        (Field.TITLE, "Now", "Later"),
        (Field.STATE, "open", "closed:not_planned"),
        (Field.STATE, "closed:not_planned", "open"),
        (Field.OWNER, "", "2"),
        (Field.OWNER, "2", "3"),
    ]
    assert changes[0].by.name == "dana"
    assert len({one.pk for one in changes}) == 5


def test_of_a_long_history_the_newest_is_read(client, github):
    github.add_issue(title="0")
    for number in range(1, 251):
        github.edit(("10", 1), title=str(number))
    changes = client.get("10/1", "10").changes
    assert (len(changes), changes[-1].after) == (50, "250")


def test_closed_without_a_reason_is_done(client, github):
    """As older servers have it."""
    github.add_issue(state="closed")
    assert client.get("10/1", "10").raw[Field.STATE] == "closed:completed"


@pytest.mark.parametrize(
    "pasted", ["{url}/acme/pay/issues/1", "{url}/acme/pay/issues/1?x=1#issuecomment-5", " acme/pay#1 "]
)
def test_it_is_found_by_what_people_paste(client, github, pasted):
    github.add_issue(title="Theirs")
    found = client.find(pasted.format(url=github.url))
    assert (found.pk, found.raw[Field.TITLE]) == ("10/1", "Theirs")


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("https://other.example.test/acme/pay/issues/1", "has another address than this ticket"),
        ("{url}/acme/pay/pull/1", "has a pull request there, which cannot be linked. Link an issue"),
        ("{url}/acme/pay", "needs the address of an issue, or a key such as acme/shop#12"),
        ("#1", "needs the address of an issue, or a key such as acme/shop#12"),
        ("https://[", "has no tickets with such an address"),
        ("acme/pay#2", "has a pull request there, which cannot be linked. Link an issue"),
    ],
)
def test_what_is_no_issue_is_refused_in_words(client, github, pasted, words):
    github.add_issue()
    github.add_issue(pull_request={"url": "…"})
    with pytest.raises(TrackerError) as caught:
        client.find(pasted.format(url=github.url))
    assert (caught.value.problem, caught.value.words) == (Problem.REFUSED, words)


def test_one_that_was_made_is_found_by_its_marker(client, github):
    made = client.create(draft())
    github.add_issue(by=DANA, body="A copy of abc123 by somebody else")
    since = timezone.now() - timedelta(minutes=5)
    assert client.find_marked("10", "abc123", since).pk == made.pk
    assert client.find_marked("10", "other", since) is None
    assert client.find_marked("20", "abc123", since) is None
    assert github.calls("GET", "/issues")[0].query["creator"] == BOT["login"]


def test_the_marker_is_found_on_a_later_page(client, github):
    made = client.create(draft())
    for _ in range(120):
        github.add_issue(by=BOT)
    assert client.find_marked("10", "abc123", timezone.now() - timedelta(minutes=5)).pk == made.pk


def test_the_backlink_is_written_once(client, github):
    github.add_issue()
    found = client.get("10/1", "10")
    for _ in range(2):
        client.add_backlink(found, "https://allclear.test/actions/5/", "Allclear ACT-5")
    assert [row["body"] for row in github.comments["10", 1]] == [
        "Allclear ACT-5: https://allclear.test/actions/5/"
    ]


def test_what_changed_is_told_of_those_that_are_linked(client, github):
    old = github.tick()
    for _ in range(3):
        github.add_issue()
    since = timezone.now() + timedelta(minutes=1)
    for issue in github.issues.values():
        issue["updated_at"] = old
    assert client.changed_since("10", since, ["10/1", "10/2"]) == []
    github.clock = since
    github.edit(("10", 2), title="New")
    github.edit(("10", 3), state="closed")
    assert client.changed_since("10", since, ["10/1", "10/2"]) == ["10/2"]


def test_a_renamed_repository_changes_the_key_only(client, github):
    github.add_issue()
    github.rename("10", "acme/payments")
    found = client.get("10/1", "10")
    assert (found.pk, found.key, found.project) == ("10/1", "acme/payments#1", "10")
    assert found.url == f"{github.url}/acme/payments/issues/1"
    assert client.find("acme/pay#1").key == "acme/payments#1", "its old name leads there"


def test_a_transferred_issue_is_followed(client, github):
    github.add_issue("20")
    github.add_issue(title="Moving")
    github.transfer(("10", 1), "20")
    for found in (client.get("10/1", "10"), client.find("acme/pay#1")):
        assert (found.pk, found.key, found.project) == ("20/2", "acme/ops#2", "20")
        assert found.raw[Field.TITLE] == "Moving"


def test_a_deleted_one_is_gone(client, github):
    github.add_issue()
    github.delete(("10", 1))
    for pk, words in (("10/1", "says that it was deleted (410)"), ("10/9", "does not find it (404)")):
        with pytest.raises(TrackerError) as caught:
            client.get(pk, "10")
        assert caught.value.problem == Problem.GONE
        assert caught.value.words.startswith(words)


def test_an_archived_repository_and_one_without_issues_are_said(client, github):
    github.add_issue()
    found = client.get("10/1", "10")
    github.repositories["10"]["archived"] = True
    with pytest.raises(TrackerError) as caught:
        client.change(found, {Field.TITLE: "Later"})
    assert caught.value.problem == Problem.ARCHIVED
    github.repositories["10"] |= {"archived": False, "has_issues": False}
    with pytest.raises(TrackerError) as caught:
        client.get("10/1", "10")
    assert caught.value.problem == Problem.FORBIDDEN
    assert caught.value.words == "has issues switched off in this repository. Switch them on in its settings"


def test_a_token_without_the_permission_is_said_with_what_to_do(client, github):
    github.add_issue()
    found = client.get("10/1", "10")
    github.may_write = False
    with pytest.raises(TrackerError) as caught:
        client.change(found, {Field.TITLE: "Later"})
    assert caught.value.problem == Problem.FORBIDDEN
    assert "Give the token “Issues: read and write”" in caught.value.words
