"""Does no value of any field do anything worse than be refused?"""

from datetime import UTC, datetime

import pytest

from configuration.applying import apply_configuration
from configuration.entries import Document, Mistaken
from configuration.kinds import COMPONENTS, GROUPS, KINDS, STATUS_PAGES
from configuration.references import reading_for_requests

VALUES = [
    None,
    True,
    -1,
    10**30,
    float("inf"),
    "",
    "\0",
    "x" * 20_000,
    [],
    [[]],
    [None],
    ["\0"],
    {},
    {"a": {}},
    {1: 2},
    float("nan"),
    datetime(2026, 3, 1, tzinfo=UTC),
]
WHOLE = {
    "teams": {"name": "T"},
    "services": {"name": "S"},
    "severities": {"name": "SEV1"},
    "roles": {"slug": "commander"},
    "incident_types": {"name": "I"},
    "checklists": {"title": "L"},
    "link_templates": {"label": "L", "url_template": "https://x.example"},
    "message_templates": {"audience": "public", "stage": "resolved"},
    "channels": {"name": "C", "url": "${env:ALLCLEAR_CHANNEL_X}"},
    "data_sources": {"name": "D", "kind": "prometheus", "url": "https://prometheus.example"},
    "signals": {"service": "s", "name": "E", "source": "D", "query": "up"},
    "automations": {"service": "s", "name": "A", "url": "https://ci.example"},
    "alert_routes": {"name": "R"},
    STATUS_PAGES: {"name": "P"},
    GROUPS: {"name": "G"},
    COMPONENTS: {"name": "C"},
}


@pytest.fixture
def tried(admin, monkeypatch):
    monkeypatch.setenv("ALLCLEAR_CHANNEL_X", "https://hooks.example/x")

    def run(said):
        try:
            apply_configuration(by=admin, documents=[Document(said)], look=reading_for_requests, dry_run=True)
        except Mistaken as refusal:
            return refusal.mistakes
        return []

    return run


@pytest.mark.parametrize("which", ["names", "others"])
def test_every_field(which, tried, client):
    client.get("/api/v1/openapi.json")  # the operations register when the addresses are read
    for value in VALUES:
        said = {kind: [_hostile(kind, which, value)] for kind in KINDS}
        parts = {kind: said.pop(kind) for kind in (GROUPS, COMPONENTS)}
        said[STATUS_PAGES].append({"name": "Parts", **parts})
        assert tried(said)


def _hostile(kind, which, value):
    names = {name for key in KINDS[kind].keys for name in key}
    return WHOLE[kind] | {name: value for name in KINDS[kind].fields if (name in names) is (which == "names")}


def test_every_shape(tried):
    for value in VALUES:
        tried(value)
        tried(
            {STATUS_PAGES: [{"name": "P", GROUPS: value, COMPONENTS: [value]}], **dict.fromkeys(KINDS, value)}
        )
        tried({kind: [value] for kind in KINDS} | {1: 2})
