"""Any JSON. A JMESPath for each field says where it stands; without one, the names that most senders use.

Source: https://jmespath.org/specification.html
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.utils import timezone

from alerts.observed import Link, Observed, Parsed, Told
from core import jmespaths
from integrations.senders.base import UnreadableError, text_of, texts_of, time_of
from integrations.senders.payload_fields import key_of

USUAL = {
    "alerts": "[@]",
    "title": "title || summary || subject || message || name || alert || alertname",
    "description": "description || details || body || text",
    "state": "state || status",
    "severity": "severity || priority || level",
    "service": "service || application || app || component",
    "source": "source || host || hostname || instance",
    "key": "dedup_key || dedupKey || alias || fingerprint || id || key",
    "group": "group_key || groupKey || group",
    "at": "updated_at || timestamp || time || at",
    "started_at": "started_at || startsAt || started || triggered_at",
    "labels": "labels || tags",
    "link": "url || link || html_url",
}
FIRING = {
    "firing",
    "alerting",
    "alert",
    "triggered",
    "trigger",
    "open",
    "opened",
    "active",
    "problem",
    "critical",
    "down",
    "error",
    "failed",
    "1",
    "warning",
}
RESOLVED = {
    "resolved",
    "resolve",
    "ok",
    "closed",
    "close",
    "recovered",
    "recovery",
    "up",
    "inactive",
    "normal",
    "success",
    "0",
    "clear",
    "cleared",
}
ACKNOWLEDGED = {"acknowledged", "acknowledge", "ack", "acked"}


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    paths = USUAL | {name: path for name, path in mapping.items() if path}
    rows = found(paths["alerts"], body)
    if isinstance(rows, dict):
        rows = [rows]
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        raise UnreadableError(
            "There is no JSON object with an alert. A mapping for “alerts” can say where they are."
        )
    return Parsed(tuple(_observed(one, paths) for one in rows))


def _observed(one: dict[str, Any], paths: Mapping[str, str]) -> Observed:
    title = text_of(found(paths["title"], one))
    key = text_of(found(paths["key"], one))
    if not title and not key:
        raise UnreadableError("Neither a title nor a key was found. A mapping can say where they stand.")
    link = text_of(found(paths["link"], one))
    started_at = time_of(found(paths["started_at"], one))
    return Observed(
        dedup_key=key_of(key) or sha256(title.encode()).hexdigest(),
        group_key=text_of(found(paths["group"], one)),
        state=state_of(text_of(found(paths["state"], one))),
        title=title,
        description=text_of(found(paths["description"], one)),
        severity=text_of(found(paths["severity"], one)),
        service=text_of(found(paths["service"], one)),
        source=text_of(found(paths["source"], one)),
        at=time_of(found(paths["at"], one)) or started_at,
        started_at=started_at,
        labels=texts_of(found(paths["labels"], one)),
        links=(Link("Link", link),) if link else (),
    )


def state_of(word: str) -> Told:
    """A sender's word for a state. Without one it fires. Raises UnreadableError for a word that is not known."""
    word = word.casefold()
    for words, state in ((RESOLVED, Told.RESOLVED), (ACKNOWLEDGED, Told.ACKNOWLEDGED)):
        if word in words:
            return state
    if not word or word in FIRING:
        return Told.FIRING
    raise UnreadableError(f"“{word[:60]}” is no known state. A mapping can translate it.")


def found(path: str, value: Any) -> Any:
    try:
        return jmespaths.search(path, value)
    except jmespaths.ExpressionError as fault:
        raise UnreadableError(f"The mapping “{path[:80]}” fails: {fault}") from fault


def sample(service: str) -> dict[str, Any]:
    return {
        "key": "test",
        "title": "A test alert",
        "state": "firing",
        "severity": "warning",
        "service": service,
        "started_at": timezone.now().isoformat(),
    }
