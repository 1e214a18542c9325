"""Is Linear asked only for what its own SDK knows, and is what the tests sign as Linear's accepted by its verifier?"""

import json
import re
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from tests.clients.conftest import run
from tests.trackers.served.linear_types import Checks
from tests.trackers.served.test_hooks import SECRET, of_linear
from trackers.face import Draft, Field
from trackers.kinds.linear import asking

MODULES = Path(settings.BASE_DIR) / "node_modules"
OPTIONS = (
    "--strict", "--noEmit", "--skipLibCheck", "--target", "es2022", "--module", "esnext",
    "--moduleResolution", "bundler", "--typeRoots", "none",
)  # fmt: skip
MARKER = "0d4f2c0e8f5c4d619a531f0f9a6e8f11"


def documents() -> list[str]:
    return [getattr(asking, name) for name in dir(asking) if name.isupper() and name != "ISSUE"]


@pytest.fixture
def faults(tmp_path):
    """What the compiler says of each."""

    def found(*asked: Checks) -> list[list[str]]:
        for number, checks in enumerate(asked):
            (tmp_path / f"checks-{number}.ts").write_text(checks.text)
        files = sorted(tmp_path.glob("checks-*.ts"))
        done = subprocess.run(
            [MODULES / ".bin" / "tsc", *OPTIONS, *files],
            cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        lines = done.stdout.splitlines()
        assert done.returncode == 0 or lines, done.stderr
        return [[line for line in lines if line.startswith(f"checks-{n}.ts(")] for n in range(len(asked))]

    return found


@pytest.fixture
def there(serve):
    return serve("linear")


@pytest.fixture
def sent(there, client):
    """Everything that the client asks: each document with its variables."""
    raw = {
        Field.TITLE: "Title",
        Field.STATE: "s-doing",
        Field.OWNER: "u-dana",
        Field.DUE: "2027-03-01",
        Field.PRIORITY: "2",
    }
    since = timezone.now() - timedelta(minutes=5)
    draft = Draft("t-pay", "Title", "Text", MARKER, raw=raw, labels=("incident",), extra={"estimate": "3"})
    client.look()
    client.project("t-pay")
    made = client.create(draft)
    client.find("PAY-1")
    client.change(made, raw)
    client.change(made, dict.fromkeys((Field.OWNER, Field.DUE, Field.PRIORITY), ""))
    client.add_backlink(made, "https://allclear.example.test/actions/1/", "Allclear ACT-1")
    client.changed_since("t-pay", since, [made.pk])
    client.find_marked("t-pay", "no uuid", since)
    client.create(replace(draft, marker="no uuid", raw={}))
    return [(request.body["query"], request.body.get("variables")) for request in there.requests]


def test_each_query_keeps_to_the_types(sent, faults):
    checks = Checks()
    for query, variables in sent:
        checks.add(query, variables)
    assert faults(checks) == [[]]
    assert checks.deprecated == []


def test_every_query_is_asked(sent):
    def names(queries):
        return {re.search(r"(?:query|mutation) (\w+)", query)[1] for query in queries}

    assert names(query for query, _ in sent) == names(documents())


MISSPELT = [
    (asking.GET, "priorityLabel", "priorityName"),
    (asking.GET, "history(first: 50)", "history(frist: 50)"),
    (asking.GET, "issue(id: $id)", "issue(key: $id)"),
    (asking.GET, "issue(id: $id)", "issue"),
    (asking.GET, "$id: String!", "$id: Int!"),
    (asking.GET, "state { id name }", "state"),
    (asking.CHANGED, "pageInfo { hasNextPage", "pageInfo { hasNext"),
    (asking.CHANGED, "$filter: IssueFilter!", "$filter: TeamFilter!"),
    (asking.CHANGED, "includeArchived: true", "includeArchived: 1"),
    (asking.CREATE, "issueCreate(", "issueMake("),
    (asking.TEAM, "type position", "type place"),
]
SENT_WRONG = [
    (asking.CREATE, {"input": {"teamId": "t-pay", "titel": "Title"}}),
    (asking.CREATE, {"input": {"title": "Title"}}),
    (asking.CREATE, {"input": {"teamId": "t-pay", "priority": "2"}}),
    (asking.CHANGE, {"id": "1", "input": {"asignee": None}}),
    (asking.ATTACH, {"input": {"issueId": "1", "url": "https://allclear.example.test"}}),
    (asking.CHANGED, {"filter": {"id": {"within": ["1"]}}, "after": None}),
    (asking.LABELS, {"filter": {"and": [{"or": [{"name": {"equals": "incident"}}]}]}}),
]


def test_what_is_misspelt_or_sent_wrong_is_noticed(faults):
    asked = []
    for query, right, wrong in MISSPELT:
        assert query.count(right) == 1
        asked.append(Checks())
        asked[-1].add(query.replace(right, wrong))
    for query, variables in SENT_WRONG:
        asked.append(Checks())
        asked[-1].add(query, variables)
    told = faults(*asked)
    assert [cause for cause, lines in zip([*MISSPELT, *SENT_WRONG], told, strict=True) if not lines] == []


def test_a_deprecated_field_is_noticed():
    checks = Checks()
    checks.add("query { issue(id: 1) { boardOrder history(first: 1) { nodes { actors { id } } } } }")
    assert checks.deprecated == ["Issue.boardOrder", "IssueHistory.actors"]


def test_its_own_verifier_takes_what_the_tests_sign(tmp_path):
    """And refuses what is older than a minute, or signed with another secret."""
    now = timezone.now()
    told = [of_linear(at=now), of_linear(at=now - timedelta(seconds=70)), of_linear(at=now, secret="t" * 64)]
    cases = [[headers["Linear-Signature"], body.decode()] for headers, body in told]
    (tmp_path / "cases.json").write_text(json.dumps({"secret": SECRET, "cases": cases}))
    program = Path(__file__).with_name("linear_webhooks.mjs")
    said = run("node", program, tmp_path / "cases.json", folder=Path(settings.BASE_DIR))
    assert json.loads(said) == [200, 400, 400]
