"""E-mails as alerts. Words or a JMESPath of an administrator say what resolves one, and how severe it is."""

import re
from collections.abc import Collection, Mapping
from hashlib import sha256
from typing import Any

from django.utils import timezone

from alerts.observed import Link, Observed, Parsed, Told
from integrations.senders.base import an_object, text_of, time_of
from integrations.senders.generic.parse import found, state_of
from integrations.senders.payload_fields import key_of, object_of, objects_of, texts_in

PATHS = {
    "title": "subject",
    "description": "text",
    "state": "",
    "severity": "",
    "service": 'headers."x-service"',
    "source": "from_address",
    "key": "",
    "group": "",
    "link": "",
}
"""Where each field is, as a JMESPath; where there is none, words decide, or nothing is said."""
WORDS = ("resolved_words", "acknowledged_words", "critical_words", "warning_words", "other_words")
"""Each a list between commas. `other_words` mean nothing, and are left out where subjects are compared."""
CHOICES = {"look_in": ("subject", "everything"), "same_by": ("subject", "thread", "message")}
"""What can be chosen, the first where nothing is said."""
REPLY = re.compile(r"(?:(?:re|fw|fwd|aw|wg|sv|vs|antw|tr|rv|enc)(?:\[\d{1,3}\])?\s*:\s*){1,9}", re.IGNORECASE)
NO_WORD = re.compile(r"[\W_]+")
AUTOMATIC = "auto-replied"  # RFC 3834; what is “auto-generated” are the alerts


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    mail = an_object(body)
    told = text_of(object_of(mail, "headers").get("auto-submitted"))
    if told.casefold().startswith(AUTOMATIC):
        return Parsed(note="An automatic reply is no alert.")
    paths = PATHS | {name: path for name, path in mapping.items() if name in PATHS and path}
    said = {name: text_of(found(path, mail)) if path else "" for name, path in paths.items()}
    words = {name: words_in(mapping.get(name, "")) for name in WORDS}
    where = (
        said["title"] if mapping.get("look_in") != "everything" else f"{said['title']}\n{said['description']}"
    )
    link = said["link"]
    return Parsed(
        (
            Observed(
                dedup_key=key_of(said["key"] or _key(mail, said["title"], mapping.get("same_by", ""), words)),
                group_key=said["group"],
                state=state_of(said["state"]) if said["state"] else _state(where, words),
                title=said["title"] or _without_title(mail, said["description"]),
                description=said["description"],
                severity=said["severity"] or _severity(where, words),
                service=said["service"],
                source=said["source"],
                at=time_of(mail.get("date")),
                started_at=time_of(mail.get("date")),
                labels=_labels(mail),
                links=(Link("Link", link),) if link else (),
            ),
        )
    )


def words_in(text: str) -> list[str]:
    """The words of a list between commas, the longest first: “not OK” counts before “OK”."""
    return sorted(
        {word.strip().casefold() for word in text.split(",")} - {""}, key=lambda one: (-len(one), one)
    )


def holds(text: str, words: Collection[str]) -> bool:
    """Whether one of the words stands in the text by itself, in whichever letters."""
    text = text.casefold()
    return any(_place(text, word) >= 0 for word in words)


def _place(text: str, word: str) -> int:
    """Where the word begins in the text, -1 where it is part of others only."""
    at = text.find(word)
    while at >= 0:
        before, after = text[at - 1 : at] if at else "", text[at + len(word) : at + len(word) + 1]
        if not (_joins(before, word[0]) or _joins(after, word[-1])):
            return at
        at = text.find(word, at + 1)
    return -1


def _joins(one: str, other: str) -> bool:
    return one.isalnum() and other.isalnum()


def _state(where: str, words: Mapping[str, list[str]]) -> Told:
    """It fires, where no word says otherwise."""
    if holds(where, words["resolved_words"]):
        return Told.RESOLVED
    return Told.ACKNOWLEDGED if holds(where, words["acknowledged_words"]) else Told.FIRING


def _severity(where: str, words: Mapping[str, list[str]]) -> str:
    if holds(where, words["critical_words"]):
        return "critical"
    return "warning" if holds(where, words["warning_words"]) else ""


def _key(mail: dict[str, Any], subject: str, same_by: str, words: Mapping[str, list[str]]) -> str:
    """What the same alert has in common: its subject, the message that others answer, or nothing."""
    own = texts_in(mail, "message_id")[:1]
    if same_by == "message":
        return own[0] if own else _hash(mail)
    thread = [*texts_in(mail, "references")[:1], *texts_in(mail, "in_reply_to")[:1], *own]
    if same_by == "thread":
        return thread[0] if thread else _hash(mail)
    every = [word for name in WORDS for word in words[name]]
    return same_subject(subject, every) or (thread[0] if thread else _hash(mail))


def same_subject(subject: str, words: Collection[str]) -> str:
    """The subject without “Re:”, these words and everything that is neither letter nor digit."""
    text = subject.casefold().strip()
    if before := REPLY.match(text):
        text = text[before.end() :]
    for word in sorted(words, key=len, reverse=True):
        for _ in range(9):
            if (at := _place(text, word)) < 0:
                break
            text = f"{text[:at]} {text[at + len(word) :]}"
    return NO_WORD.sub(" ", text).strip()


def _hash(mail: dict[str, Any]) -> str:
    told = (text_of(mail.get(name)) for name in ("from", "date", "subject", "text"))
    return sha256("\n".join(told).encode()).hexdigest()


def _without_title(mail: dict[str, Any], text: str) -> str:
    lines = text.splitlines()
    return lines[0][:200] if lines else f"E-mail from {text_of(mail.get('from')) or 'nobody'}"


def _labels(mail: dict[str, Any]) -> dict[str, str]:
    """Who sent it, and what was attached, which is not kept apart."""
    attached = [
        f"{text_of(one.get('name')) or text_of(one.get('type'))} ({_kilobytes(one.get('size'))} KB)"
        for one in objects_of(mail, "attachments")
    ]
    told = {
        "from": text_of(mail.get("from")),
        "to": text_of(mail.get("to")),
        "message_id": ", ".join(texts_in(mail, "message_id")[:1]),
        "attachments": ", ".join(attached)[:1000],
    }
    return {name: text for name, text in told.items() if text}


def _kilobytes(size: Any) -> str:
    return f"{size / 1024:,.0f}" if isinstance(size, int) and size < 2**40 else "?"


def sample(service: str) -> dict[str, Any]:
    now = timezone.now()
    return {
        "subject": "A test alert",
        "from": "Monitoring <monitoring@example.org>",
        "to": "alerts@example.org",
        "date": now.isoformat(),
        "message_id": [f"<test-{now:%Y%m%d%H%M%S}@example.org>"],
        "text": "A test.",
        "headers": {"x-service": service},
    }
