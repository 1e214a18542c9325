"""Copies the seeds in SQL: each again and again, later in time and of another length, with all that belongs to it."""

from datetime import timedelta
from typing import Any

from django.db import connection, models

OF_INCIDENT = "JOIN incidents_incident i ON i.id = t.incident_id"
OF_RETROSPECTIVE = "JOIN retros_retrospective r ON r.id = t.retrospective_id JOIN incidents_incident i ON i.id = r.incident_id"
OF_FACTOR = (
    "JOIN retros_contributingfactor f ON f.id = t.contributingfactor_id"
    " JOIN retros_retrospective r ON r.id = f.retrospective_id JOIN incidents_incident i ON i.id = r.incident_id"
)
OF_ALERT = "JOIN alerts_alert a ON a.id = t.alert_id JOIN incidents_incident i ON i.id = a.incident_id"
OF_DOCUMENT = (
    "JOIN retros_document d ON d.id = t.document_id"
    " JOIN retros_retrospective r ON r.id = d.retrospective_id JOIN incidents_incident i ON i.id = r.incident_id"
)
OF_EVENT = (
    "JOIN timeline_timelineevent e ON e.id = t.event_id JOIN incidents_incident i ON i.id = e.incident_id"
)
OF_LEARNING = (
    "JOIN retros_learning l ON l.id = t.learning_id"
    " JOIN retros_retrospective r ON r.id = l.retrospective_id JOIN incidents_incident i ON i.id = r.incident_id"
)
OF_PARTICIPATION = "JOIN incidents_participation p ON p.id = t.participation_id JOIN incidents_incident i ON i.id = p.incident_id"
OF_ITEM = (
    "JOIN retros_actionitem x ON x.id = t.action_item_id JOIN incidents_incident i ON i.id = x.incident_id"
)
OF_ITSELF = "JOIN incidents_incident i ON i.id = t.id"
LATELY = timedelta(days=10)
EMPTIED = ("form_token", "source_id")
"""Unique where they are filled: empty in a copy, where they may be."""


def copy(copied: list[tuple[type[models.Model], str]], *, seeds: int, past: int, span: timedelta) -> None:
    """Make the incidents numbered seeds + 1 … past, and their rows of each of `copied`: (model, joins to incident i).

    A reference between two copied tables leads to the same copy. The last copies are a week or two old, however
    many there are: what pages show of the last days is as much.
    """
    rounds = -(-past // seeds) - 1
    if rounds < 1:
        return
    step = f"g * interval '{(span - LATELY).total_seconds() / rounds:.0f} seconds'"
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        # What is copied refers to copies: each row's references are not looked up one by one, which takes longest.
        cursor.execute("SET session_replication_role = replica")
        gaps: dict[Any, int] = {}
        for model, _ in copied:
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {model._meta.db_table}")
            gaps[model] = cursor.fetchone()[0]
        for model, joins in copied:
            table = model._meta.db_table
            values = _values(cursor, model, gaps, step, seeds)
            names = ", ".join(f'"{name}"' for name in values)
            cursor.execute(  # apart from the table: each round would walk over the rounds before it
                f"CREATE TEMPORARY TABLE seed AS SELECT t.*, i.number AS told, i.impact_started_at AS began"
                f" FROM {table} t {joins} WHERE i.number <= {seeds}"
            )
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {', '.join(values.values())} FROM seed t"
                f" CROSS JOIN generate_series(1, {rounds}) g WHERE t.told + g * {seeds} <= {past}"
            )
            cursor.execute("DROP TABLE seed")
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), (SELECT coalesce(max(id), 1) FROM "
                + table
                + "))",
                [table],
            )
        cursor.execute("RESET session_replication_role")


def _values(cursor, model: type[models.Model], gaps: dict[Any, int], step: str, seeds: int) -> dict[str, str]:
    """Each column of a copy, as SQL over a seed `t` and the number `g` of the copy."""
    # Stretched around the beginning, the same for every row of one copy, so that lengths differ and orders hold.
    factor = "(0.4 + (hashtext(t.told::text || ':' || g) & 1023) / 640.0)"
    moved = f"t.began + {step} + (%s - t.began) * {factor}"
    leads_to = {f.column: f.related_model for f in model._meta.concrete_fields if f.is_relation}
    values = {}
    for name, type_, generated, nullable in _columns(cursor, model._meta.db_table):
        column = f't."{name}"'
        if generated == "ALWAYS":
            continue
        if name == "id":
            values[name] = f"t.id + g * {gaps[model]}"
        elif name == "number" and model._meta.model_name == "incident":
            values[name] = f"t.number + g * {seeds}"
        elif leads_to.get(name) in gaps:
            values[name] = f"{column} + g * {gaps[leads_to[name]]}"
        elif name in EMPTIED and nullable == "YES":
            values[name] = "NULL"
        elif type_ == "timestamp with time zone":
            values[name] = moved % column
        elif type_ == "date":
            values[name] = f"({moved % f'{column}::timestamptz'})::date"
        else:
            values[name] = column
    return values


def _columns(cursor, table: str) -> list[tuple[str, str, str, str]]:
    cursor.execute(
        "SELECT column_name, data_type, is_generated, is_nullable FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s ORDER BY ordinal_position",
        [table],
    )
    return cursor.fetchall()
