"""Notifying open screens: a NOTIFY in the transaction, which every web process gets when it commits. Ids, never text."""

import json
from collections.abc import Iterable

from django.db import connection

CHANNEL = "allclear"
STATUS_PAGES = "status pages"  # the topic of whatever public pages show besides incidents
PEOPLE_AT_ONCE = 500  # a NOTIFY carries at most 8,000 bytes


def incident_notification(*, incident_id: int, what: str, is_private: bool = False) -> tuple[str, str]:
    """(channel, payload) of a notification, for callers that send it in a statement of their own.

    Lists are not notified of a private incident, as that would give away when something happens in it.
    """
    payload: dict[str, int | str | bool] = {"incident": incident_id, "what": what}
    return CHANNEL, json.dumps(payload | {"private": True} if is_private else payload)


def topic_notification(*, topic: str, what: str) -> tuple[str, str]:
    """(channel, payload) of a notification about something other than an incident: `topic` is its audit chain."""
    return CHANNEL, json.dumps({"topic": topic, "what": what})


def notify_topic(*, topic: str, what: str) -> None:
    """Notify open screens that the part `what` of, say, "retrospective:5" has changed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", topic_notification(topic=topic, what=what))


def notify_incident(*, incident_id: int, what: str, is_private: bool = False) -> None:
    """Notify open screens that `what` (timeline, head, rail, presence) of an incident has changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_notify(%s, %s)",
            incident_notification(incident_id=incident_id, what=what, is_private=is_private),
        )


def notify_people(*, people: Iterable[int], what: str) -> None:
    """Notify the open screens of these people (ids) that something of their own (inbox) has changed."""
    ids = sorted(people)
    payloads = [
        json.dumps({"people": ids[start : start + PEOPLE_AT_ONCE], "what": what})
        for start in range(0, len(ids), PEOPLE_AT_ONCE)
    ]
    if payloads:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, payload) FROM unnest(%s) AS payload", [CHANNEL, payloads])
