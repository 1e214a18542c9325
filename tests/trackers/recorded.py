"""What GitHub and GitLab really sent: the examples of npm's @octokit/webhooks-examples, and payloads beside the checkout.

They lend their shape to the fakes, so that clients meet every key, null and list that a real answer has.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

EXAMPLES = Path(settings.BASE_DIR) / "node_modules" / "@octokit" / "webhooks-examples"
SERVERS = sorted(path.parent.name for path in EXAMPLES.glob("*/index.json"))
"""api.github.com, and versions of Enterprise Server."""
PAYLOADS = Path(settings.BASE_DIR).parent / "shared" / "data" / "payloads"
OF_GITLAB: dict[str, Any] = {
    "confidential": False,
    "discussion_locked": True,
    "severity": "high",
    "weight": 10,
}
"""What an issue of GitLab has beside the keys that the client reads, as a webhook recorded it."""


@cache
def github_examples(server: str) -> dict[str, list[Any]]:
    """By the name of the event."""
    said = json.loads((EXAMPLES / server / "index.json").read_text(encoding="utf-8"))
    return {event["name"]: event["examples"] for event in said}


def github_events() -> list[str]:
    return sorted({name for server in SERVERS for name in github_examples(server)})


def examples_of(event: str) -> Iterator[Any]:
    for server in SERVERS:
        yield from github_examples(server).get(event, [])


def of_github(name: str) -> dict[str, Any]:
    """The `issue`, `repository` or `sender` (a user) of an issue that was opened."""
    opened = [one for one in github_examples("api.github.com")["issues"] if one["action"] == "opened"]
    found: dict[str, Any] = dict(opened[0][name])
    return found


def payloads(folder: str) -> dict[str, Any]:
    """The recorded payloads of `folder` by their names. The test is skipped where they are not beside the checkout."""
    if not PAYLOADS.exists():
        pytest.skip(f"the recorded payloads are not beside the checkout ({PAYLOADS})")
    return {path.stem: json.loads(path.read_bytes()) for path in sorted((PAYLOADS / folder).glob("*.json"))}
