"""The database after a test on real transactions: as it was before the first test, in a few statements.

Django's own way empties every table and index, and makes permissions and content types anew: half a second a test.
"""

import time

from django.db import OperationalError, connection, transaction

LARGEST = 2**20  # bytes of a table whose rows are deleted; beyond, all tables are emptied at once
KEPT = "kept_rows"
_copied: dict[str, dict[str, str]] = {}
"""By schema and by table with kept rows its columns, without those the database computes."""


def are_kept(schema: str) -> bool:
    return schema in _copied


def keep_rows(schema: str = KEPT) -> None:
    """Copy every row there is now; `restore_rows` brings the database back to it."""
    copied = _copied[schema] = {}
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {schema}")
        for table in _tables():
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}")')
            if not cursor.fetchone()[0]:
                continue
            cursor.execute(
                """SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)
                FROM information_schema.columns
                WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'""",
                [table],
            )
            copied[table] = cursor.fetchone()[0]
            cursor.execute(f'CREATE TABLE {schema}."{table}" AS SELECT {copied[table]} FROM public."{table}"')


def restore_rows(schema: str = KEPT) -> None:
    """Delete every row and bring back the kept ones; sequences go on, as after Django's own way."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, pg_relation_size(oid) FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0"
        )
        sizes = dict(cursor.fetchall())
        used = [table for table in _tables() if table in sizes]
        if not used:
            return
        if max(sizes[table] for table in used) > LARGEST:
            emptied = "TRUNCATE " + ", ".join(f'"{table}"' for table in _tables())
        else:
            emptied = "; ".join(f'DELETE FROM "{table}"' for table in used)
        brought = [
            f'INSERT INTO public."{table}" ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {schema}."{table}"'
            for table, columns in _copied[schema].items()
        ]
        # No trigger runs: neither the checks of references nor those that guard the audit trail.
        statements = "; ".join(["SET LOCAL session_replication_role = replica", emptied, *brought])
        try:
            with transaction.atomic():
                cursor.execute(statements)
        except OperationalError:  # a deadlock with work that a test has left behind
            end_sessions("state <> 'idle'")
            with transaction.atomic():
                cursor.execute(statements)


def end_sessions(which: str = "TRUE") -> None:
    """End the database sessions of others, so that the database can be removed.

    From a new session: the tests' own may have been ended by another caller.
    """
    if which == "TRUE":
        connection.close()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            f"WHERE datname = current_database() AND pid <> pg_backend_pid() AND {which}"
        )


def end_work_of_others() -> None:
    """Wait until no other session is within a transaction, and end those that stay: an idle one holds no lock."""
    deadline = time.monotonic() + 5
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle'"
            )
            if not cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    end_sessions("state <> 'idle'")


def _tables() -> list[str]:
    return sorted(connection.introspection.django_table_names(only_existing=False, include_views=False))
