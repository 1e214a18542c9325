"""Any JSON that tells of a change. A JMESPath for each field says where it stands, as for alerts.

Source: https://jmespath.org/specification.html
"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from alerts.observed import Changed, Parsed
from integrations.senders.base import UnreadableError, text_of
from integrations.senders.generic.parse import found
from integrations.senders.payload_fields import Kind, hash_of, key_of, moment_of

USUAL = {
    "changes": "[@]",
    "title": "title || summary || subject || message || name || description",
    "kind": "kind || type",
    "key": "key || id || dedup_key || deployment_id",
    "at": "at || time || timestamp || finished_at || deployed_at",
    "service": "service || application || app || component || repository",
    "source": "source || sender",
    "link": "url || link || html_url",
}
KINDS = {
    "deploy": Kind.DEPLOYMENT,
    "release": Kind.DEPLOYMENT,
    "rollback": Kind.DEPLOYMENT,
    "flag": Kind.FEATURE_FLAG,
    "toggle": Kind.FEATURE_FLAG,
    "config": Kind.CONFIGURATION,
    "build": Kind.CI,
    "pipeline": Kind.CI,
    "infra": Kind.INFRASTRUCTURE,
}


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    paths = USUAL | {name: path for name, path in mapping.items() if path}
    rows = found(paths["changes"], body)
    rows = [rows] if isinstance(rows, dict) else rows
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        raise UnreadableError(
            "There is no JSON object with a change. A mapping for “changes” can say where they are."
        )
    return Parsed(
        changes=tuple(_changed(one, paths) for one in rows), note="" if rows else "There is no change in it."
    )


def _changed(one: dict[str, Any], paths: Mapping[str, str]) -> Changed:
    title = text_of(found(paths["title"], one))
    if not title:
        raise UnreadableError("No title was found. A mapping can say where it stands.")
    said = found(paths["at"], one)
    at = moment_of(said)
    if at is None and said not in (None, ""):
        raise UnreadableError(f"“{text_of(said)[:60]}” is no time. Write it as 2026-01-31T12:00:00Z.")
    return Changed(
        key=key_of(text_of(found(paths["key"], one))) or hash_of(one),
        kind=_kind_of(text_of(found(paths["kind"], one)).casefold()),
        title=title,
        at=at or timezone.now(),
        service=text_of(found(paths["service"], one)),
        url=text_of(found(paths["link"], one)),
        source=text_of(found(paths["source"], one)),
    )


def _kind_of(word: str) -> str:
    """A deployment where nothing is said, and another change where the word is not known."""
    if not word:
        return Kind.DEPLOYMENT
    word = word.replace(" ", "_").replace("-", "_")
    return word if word in Kind.values else KINDS.get(word, Kind.OTHER)


def sample(service: str) -> dict[str, Any]:
    return {
        "key": "test",
        "title": "A test change",
        "kind": "deployment",
        "service": service,
        "at": timezone.now().isoformat(),
        "url": "",
    }
