"""A stored body as people read it, and a mapping tried on stored payloads."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from accounts.models import User
from alerts.observed import Changed, Observed
from integrations.models import Integration, Payload, PayloadQuerySet, PayloadState
from integrations.senders import SENDERS, UnreadableError, load

MOST_SHOWN = 64 * 1024
"""Characters of a body on its page."""
TRIED, MOST_TRIED = 50, 4 * 1024 * 1024
"""Payloads and bytes that a mapping is tried on: the page waits for it."""
EXAMPLES = 5


@dataclass(frozen=True)
class ShownBody:
    text: str
    is_json: bool
    is_cut: bool


def shown_body(body: bytes) -> ShownBody:
    """Indented where it is JSON, else as it came; at most 64 KB."""
    try:
        value = json.loads(body)
        text, is_json = _indented(value), True
    except (ValueError, RecursionError):
        text, is_json = body[: MOST_SHOWN * 4].decode("utf-8", "replace"), False
    text = text.replace("\0", "␀")
    return ShownBody(text[:MOST_SHOWN], is_json, len(text) > MOST_SHOWN)


def read_body(payload: Payload) -> ShownBody:
    """As a mapping finds it: of what is no JSON, the values that are read from it."""
    load()
    sender, raw = SENDERS.get(payload.dialect), bytes(payload.body)
    if sender is None:
        return shown_body(raw)
    try:
        return shown_body(json.dumps(sender.read(raw)).encode())
    except UnreadableError:
        return shown_body(raw)


def _indented(value: object) -> str:
    """No more than needed: a body of brackets alone would grow to a hundred times its size."""
    pieces, length = [], 0
    for piece in json.JSONEncoder(ensure_ascii=False, indent=2).iterencode(value):
        pieces.append(piece)
        length += len(piece)
        if length > MOST_SHOWN:
            break
    return "".join(pieces).encode("utf-8", "replace").decode()


@dataclass
class Trial:
    """How many of the last stored payloads a mapping understands, and how many the present one does."""

    tried: int = 0
    understood: int = 0
    before: int = 0
    examples: list[Observed | Changed] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def try_mapping(integration: Integration, mapping: Mapping[str, str], *, reader: User) -> Trial:
    """On payloads that `reader` may read. Nothing is changed."""
    load()
    trial = Trial()
    for payload in _stored(integration, reader):
        trial.tried += 1
        trial.before += _understood(payload, integration.mapping) is not None
        found = _understood(payload, mapping, trial.faults)
        if found is not None:
            trial.understood += 1
            trial.examples += found[: EXAMPLES - len(trial.examples)]
    return trial


def legible(integration: Integration, reader: User) -> PayloadQuerySet:
    """What a mapping is written for, the newest first."""
    rows = Payload.objects.filter(integration=integration, is_test=False, size__gt=0).readable_by(reader)
    return rows.exclude(state=PayloadState.REJECTED).order_by("-pk")


def _stored(integration: Integration, reader: User) -> Iterable[Payload]:
    rows = legible(integration, reader)
    sizes = 0
    chosen = []
    for pk, size in rows.values_list("pk", "size")[:TRIED]:
        sizes += size
        if sizes > MOST_TRIED:
            break
        chosen.append(pk)
    return Payload.objects.filter(pk__in=chosen).order_by("-pk")


def _understood(
    payload: Payload, mapping: Mapping[str, str], faults: list[str] | None = None
) -> tuple[Observed | Changed, ...] | None:
    sender = SENDERS[payload.dialect]
    try:
        parsed = sender.parse(sender.read(bytes(payload.body)), payload.headers, mapping)
        return (*parsed.alerts, *parsed.changes)
    except UnreadableError as fault:
        if faults is not None and str(fault) not in faults and len(faults) < EXAMPLES:
            faults.append(str(fault))
        return None
