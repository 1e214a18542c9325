"""A form carries a token, so that sending it twice makes one thing."""

from uuid import UUID

from django.db import connection


def hold_form(form_token: UUID | None) -> None:
    """Until the transaction ends, let whoever sends the same form at this moment wait here.

    For verbs where two submissions of one form share no other lock, as with two pages or a new row. Called before
    looking for what the form has made, and before any row is locked.
    """
    if form_token:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"form:{form_token}"])
