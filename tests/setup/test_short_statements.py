"""Does the embedded PostgreSQL work short statements out alone, and long ones with helpers?"""

import pytest
from django.db import connection


@pytest.mark.parametrize(("rows", "has_helpers"), [(400_000, False), (4_000_000, True)])
def test_helpers_are_for_large_tables(db, rows, has_helpers):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE large AS SELECT generate_series(1, 400000) AS number")
        cursor.execute("ANALYZE large")
        many = " UNION ALL ".join(["SELECT number FROM large"] * (rows // 400_000))
        cursor.execute(f"EXPLAIN SELECT count(*) FROM ({many}) AS everything")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert ("Gather" in plan) == has_helpers, plan
