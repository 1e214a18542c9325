"""The tables of a new database, in one script: what the migrations would make, without running each of them.

Running the migrations one by one costs 20 seconds of Python, because Django renders the models again for each step.
The script records the migrations it stands for, so `migrate` applies those that are newer.
"""

from pathlib import Path

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

SCRIPT = Path(__file__).with_name("new_database.sql")
_LOCK = 4_017_288  # of pg_advisory_xact_lock: only one process at a time looks whether the database is empty


def make_tables(connection: BaseDatabaseWrapper) -> bool:
    """Run the script where the schema `public` has no table yet. Return whether it did."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute("SELECT current_schema() = 'public'")
        if cursor.fetchone() != (True,) or connection.introspection.table_names(cursor):
            return False
        cursor.execute(SCRIPT.read_text())
        return True
