"""Does a kept query that PostgreSQL planned once answer as if it were planned each time, whatever became of the connection?"""

import pytest
from django.db import NotSupportedError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core.kept_queries import (
    MOST_PREPARED,
    SOME_ROWS,
    SOME_TEXT,
    SOMEBODY,
    Statement,
    holds_text,
    is_among,
    keep,
)

NAMES = "SELECT name FROM pg_prepared_statements WHERE name LIKE 'kept_%%' AND statement LIKE %s"


pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _fresh_connection(transactional_db):
    """On which nothing is prepared yet, and after which nothing of these tests is."""
    connection.close()
    yield
    connection.close()


@pytest.fixture
def person():
    return keep(User.objects.filter(pk=SOMEBODY))


def prepared(part: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(NAMES, [f"%{part}%"])
        return len(cursor.fetchall())


def test_each_value_has_its_own_answer_by_one_plan(person, commander, responder):
    with CaptureQueriesContext(connection) as asked:
        found = [person.rows({SOMEBODY: one.pk}) for one in (commander, responder, commander)]
    assert found == [[commander], [responder], [commander]]
    assert [query["sql"].split()[0] for query in asked] == ["EXECUTE"] * 3
    assert prepared('WHERE "accounts_user"."id" = $1') == 1


def test_a_value_that_stands_in_several_places(commander, responder):
    either = keep(
        User.objects.filter(pk=SOMEBODY) | User.objects.filter(reported_incidents__reported_by=SOMEBODY)
    )
    assert either.rows({SOMEBODY: responder.pk}) == [responder]


def test_constants_stay_in_the_text_so_that_partial_indexes_are_used(commander):
    keep(User.objects.filter(pk=SOMEBODY, name="Constant")).rows({SOMEBODY: commander.pk})
    assert prepared("= 'Constant'") == 1


@pytest.mark.parametrize(
    ("query", "values"),
    [(holds_text("name"), {SOME_TEXT: "respond"}), (is_among("pk"), {SOME_ROWS: [1, 2]})],
    ids=["text", "list"],
)
def test_what_is_planned_by_its_value_is_not_prepared(query, values):
    with CaptureQueriesContext(connection) as asked:
        keep(User.objects.filter(query)).rows(values)
    assert [one["sql"].split()[0] for one in asked] == ["SELECT"]


def test_after_the_transaction_of_the_first_time_was_rolled_back(person, commander):
    with transaction.atomic():
        assert person.rows({SOMEBODY: commander.pk}) == [commander]
        transaction.set_rollback(True)
    assert person.rows({SOMEBODY: commander.pk}) == [commander]


def test_it_is_planned_for_all_values_after_a_first_time_that_was_rolled_back(person, commander):
    with transaction.atomic():
        person.rows({SOMEBODY: commander.pk})
        transaction.set_rollback(True)
    for _ in range(3):
        person.rows({SOMEBODY: commander.pk})
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(custom_plans) FROM pg_prepared_statements WHERE name LIKE 'kept_%'")
        assert cursor.fetchone() == (0,)


@pytest.fixture
def upgraded(person, commander):
    """Another process gave a column another type after this connection had prepared its statements."""
    person.rows({SOMEBODY: commander.pk})
    other = connection.copy()
    with other.cursor() as cursor:
        length = User._meta.get_field("name").max_length
        cursor.execute(f"ALTER TABLE accounts_user ALTER COLUMN name TYPE varchar({length + 1})")
        yield
        connection.close()
        cursor.execute(f"ALTER TABLE accounts_user ALTER COLUMN name TYPE varchar({length})")
    other.close()


def test_after_an_upgrade_it_is_planned_again(upgraded, person, commander):
    for _ in range(2):
        assert person.rows({SOMEBODY: commander.pk}) == [commander]
    assert prepared('WHERE "accounts_user"."id" = $1') == 1


def test_a_transaction_that_meets_an_upgrade_fails_once(upgraded, person, commander):
    with pytest.raises(NotSupportedError), transaction.atomic():
        person.rows({SOMEBODY: commander.pk})
    connection.close_if_unusable_or_obsolete()  # as after each request
    with transaction.atomic():
        assert person.rows({SOMEBODY: commander.pk}) == [commander]


def test_a_connection_that_was_lost_is_replaced(commander):
    person = keep(User.objects.filter(pk=SOMEBODY))
    assert person.rows({SOMEBODY: commander.pk}) == [commander]
    connection.close()
    assert person.rows({SOMEBODY: commander.pk}) == [commander]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        ((pid,),) = cursor.fetchall()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    other.close()
    # As at the start of a request.
    connection.health_check_enabled, connection.health_check_done = True, False
    assert person.rows({SOMEBODY: commander.pk}) == [commander]


def test_a_connection_prepares_so_many(commander):
    for number in range(MOST_PREPARED + 5):
        one = keep(User.objects.filter(pk=SOMEBODY).exclude(name=f"Nobody {number}"))
        assert one.rows({SOMEBODY: commander.pk}) == [commander]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'kept_%'")
        assert cursor.fetchone()[0] == MOST_PREPARED


def test_marks_without_a_place_are_asked_as_they_are():
    assert Statement.of("SELECT 1", ()).prepared({}, connections["default"]) == ("SELECT 1", ())
