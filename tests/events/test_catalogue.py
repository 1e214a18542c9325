"""Is every event in the catalogue, on its page, and under the webhook types that are documented?"""

import ast
import re
from pathlib import Path

import pytest

from events.catalogue import BY_NAME
from events.describe import as_markdown
from events.event import Event
from statuspages import publishing
from subscribers.announcements import action_items, incidents, retrospectives, routing

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = (
    "alerts",
    "incidents",
    "action_items",
    "retros",
    "statuspages",
    "subscribers",
    "notifications",
    "timeline",
    "history",
    "accounts",
)


def test_the_page_is_up_to_date():
    assert (ROOT / "docs" / "events.md").read_text() == as_markdown(), "run bin/manage write_events"


def test_webhook_types_are_those_documented():
    rows = re.findall(r"^\| `([a-z_.]+)` \|", (ROOT / "docs" / "webhooks.md").read_text(), re.MULTILINE)
    assert {event.webhook for event in BY_NAME.values() if event.webhook} == set(rows) - {
        "type",
        "channel.test",
    }


TO_EVERYBODY = [
    "incident.declared", "severity.changed", "status.changed", "incident.mitigated", "incident.resolved",
    "incident.reopened", "incident.merged", "incident.declined",
]  # fmt: skip


@pytest.mark.parametrize("topic", TO_EVERYBODY)
def test_an_event_names_the_webhook_type_that_is_sent(incident, topic):
    payload = {"severity": "SEV1", "before": "SEV2", "status": "closed"}
    story = incidents.STORIES[topic](payload, incident)
    assert story.only is None
    assert story.type == BY_NAME[topic].webhook


def test_two_events_cannot_share_a_name():
    with pytest.raises(ValueError, match=r"incident\.declared"):

        class Another(Event, name="incident.declared"):
            pass


def test_what_consumers_look_for_is_in_the_catalogue():
    """A name that no event has would never arrive."""
    looked_for = {*incidents.STORIES, *retrospectives.WORDS, *action_items.WORDS}
    looked_for |= routing.LEFT_REACH | publishing.CHANGES_PAGES | publishing.CHANGES_STATUS
    assert looked_for <= set(BY_NAME)


def test_nothing_is_announced_by_a_bare_name():
    """`announce` and `enqueue` take an event; mypy says so too, but a `# type: ignore` could hide it."""
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in (
                    "announce",
                    "announce_alerts",
                    "enqueue",
                ):
                    values = [
                        *node.args,
                        *(keyword.value for keyword in node.keywords if keyword.arg == "event"),
                    ]
                    assert not any(isinstance(v, ast.Constant | ast.JoinedStr) for v in values), path
