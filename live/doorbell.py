"""Ringing: a NOTIFY inside the transaction, heard by every web process when it commits. Ids only, never text."""

import json

from django.db import connection

CHANNEL = "allclear"


def ring(*, incident_id: int, what: str) -> None:
    """Tell open screens that `what` (timeline, head, rail, presence) of an incident has changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps({"incident": incident_id, "what": what})]
        )
