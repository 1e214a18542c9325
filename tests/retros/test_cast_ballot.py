"""Does anything that is stored lead from an answer to a person?"""

import logging
import re
from itertools import permutations

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from retros.ballots import histogram
from retros.models import Ballot, ClosedQuestion, Participant, Question, VotedToken
from retros.workflow import cast_ballot, close_question, end_session, frame_retrospective, start_session
from retros.workflow.ballots import voted_token

START = Question.SAFETY_START


def _everything() -> dict[str, list[dict]]:
    """Every row of every table with the columns PostgreSQL keeps by itself, in the order of their places."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f'SELECT t.*, t.xmin::text AS "_xmin", t.ctid::text AS "_place" FROM "{table}" t ORDER BY t.ctid'
            )
            names = [column.name for column in cursor.description]
            found[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return found


@pytest.fixture
def voters(commander, responder, outsider, admin):
    return [commander, responder, outsider, admin]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("order", [*permutations(range(4))][::5])
def test_nothing_links_a_ballot_to_a_person(retrospective, voters, order, caplog):
    """One gives a 1, three a 5, in several orders, over the pages: the rows are the same whoever was when."""
    before = _everything()
    with caplog.at_level(logging.DEBUG):
        for place in order:
            client = Client()
            client.force_login(voters[place])
            score = 1 if place == 0 else 5
            answer = {"question": START, f"{START}-score": score}
            assert client.post(f"/retrospectives/{retrospective.pk}/safety/", answer).status_code == 302
    after = _everything()
    ballots, tokens = after["retros_ballot"], after["retros_votedtoken"]
    assert sorted(b["score"] for b in ballots) == [1, 5, 5, 5]
    for rows in (ballots, tokens):
        assert len({row["_xmin"] for row in rows}) == 1, "one transaction wrote all"
    assert len({b["cast_on"] for b in ballots}) == 1
    assert set(ballots[0]) == {"id", "retrospective_id", "question", "score", "cast_on", "_xmin", "_place"}
    assert set(tokens[0]) == {"token", "retrospective_id", "question", "_xmin", "_place"}
    assert [t["token"] for t in tokens] == sorted(t["token"] for t in tokens), "places follow the hash alone"
    changed = {table for table in after if _plain(after[table]) != _plain(before[table])}
    own = {"retros_ballot", "retros_votedtoken"}
    signing_in = {"django_session", "usersessions_usersession", "accounts_user"}
    assert changed - own <= signing_in, "no event, no audit row, no message, no counter"
    secrets = {str(b["id"]) for b in ballots} | {t["token"] for t in tokens}
    elsewhere = str({t: rows for t, rows in after.items() if t not in own})
    logged = " ".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends")
    assert not [secret for secret in secrets if secret in elsewhere + logged]


def _plain(rows: list[dict]) -> list[dict]:
    return [{k: v for k, v in row.items() if not k.startswith("_")} for row in rows]


@pytest.mark.django_db(transaction=True)
def test_the_place_of_the_newest_ballot_is_drawn_by_lot(retrospective, voters):
    """The one who is last gives the only 1; over many rounds its row stands in every place."""
    places = set()
    for _ in range(40):
        Ballot.objects.all().delete()
        VotedToken.objects.all().delete()
        for score, voter in zip([5, 5, 5, 1], voters, strict=True):
            cast_ballot(retrospective=retrospective, question=START, score=score, by=voter)
        places.add([b["score"] for b in _everything()["retros_ballot"]].index(1))
        if places == {0, 1, 2, 3}:
            break
    assert places == {0, 1, 2, 3}


def test_nothing_shows_below_four(retrospective, voters):
    for number, voter in enumerate(voters[:3], 1):
        cast_ballot(retrospective=retrospective, question=START, score=number, by=voter)
    close_question(retrospective=retrospective, question=START, by=voters[0])
    assert histogram(retrospective, START) is None


def test_what_a_closed_question_shows(retrospective, voters):
    for number, voter in enumerate(voters, 1):
        cast_ballot(retrospective=retrospective, question=START, score=number, by=voter)
    close_question(retrospective=retrospective, question=START, by=voters[0])
    shown = histogram(retrospective, START)
    assert shown.counts == (1, 1, 1, 1, 0)
    assert (shown.median, shown.is_low) == (2.5, True)


def test_while_a_question_is_open_its_pages_are_the_same_after_each_answer(client, retrospective, voters):
    """Somebody who watches sees neither a count nor a picture grow, before their own answer or after it.

    In one minute: the clock in the frame turns.
    """
    with time_machine.travel(timezone.now(), tick=False):
        _compare_pages(retrospective, voters)


def _compare_pages(retrospective, voters) -> None:
    page = f"/retrospectives/{retrospective.pk}/"
    watching = Client()
    watching.force_login(voters[3])
    seen = set()
    for question, parts in (
        (START, ("safety/", "safety/results/", "frame/")),
        (Question.PULSE, ("impact/",)),
    ):
        for voter in [None, *voters[:3]]:
            if voter:
                cast_ballot(retrospective=retrospective, question=question, score=2, by=voter)
            pages = [watching.get(page + part).content.decode() for part in parts]
            seen.add(
                (question, re.sub(r'csrf\w*" value="\w+|X-CSRFToken[^}]+|nonce="[^"]+"', "", "".join(pages)))
            )
    assert len(seen) == 2
    assert "Answers: " not in str(seen)
    assert "median" not in str(seen)


def test_no_answer_notifies_open_pages_before_the_question_is_closed(retrospective, voters):
    with CaptureQueriesContext(connection) as queries:
        for voter in voters:
            cast_ballot(retrospective=retrospective, question=START, score=2, by=voter)
    assert not [one for one in queries if "pg_notify" in one["sql"].lower()]
    with CaptureQueriesContext(connection) as queries:
        close_question(retrospective=retrospective, question=START, by=voters[0])
    assert [one for one in queries if "pg_notify" in one["sql"].lower()]


def test_a_question_closes_with_the_answer_of_the_last_participant(retrospective, voters):
    for voter in voters[1:]:
        Participant.objects.get_or_create(retrospective=retrospective, user=voter)
    for voter in voters[:3]:
        cast_ballot(retrospective=retrospective, question=START, score=4, by=voter)
        assert not ClosedQuestion.objects.exists()
    cast_ballot(retrospective=retrospective, question=START, score=4, by=voters[3])
    assert histogram(retrospective, START).counts == (0, 0, 0, 4, 0)


def test_a_closed_question_takes_no_answer(client, retrospective, commander, responder):
    client.force_login(responder)
    closing = f"/retrospectives/{retrospective.pk}/closed-questions/"
    assert client.post(closing, {"question": START}).status_code == 403
    client.force_login(commander)
    client.post(closing, {"question": START})
    client.post(closing, {"question": START})
    assert ClosedQuestion.objects.count() == 1
    with pytest.raises(ValidationError, match="closed"):
        cast_ballot(retrospective=retrospective, question=START, score=1, by=responder)


def test_the_closing_safety_question_opens_when_the_session_has_ended(client, retrospective, commander):
    frame_retrospective(retrospective=retrospective, by=commander, facilitator=commander)
    start_session(retrospective=retrospective, by=commander)
    client.force_login(commander)
    page = f"/retrospectives/{retrospective.pk}/safety/"
    assert "At the end" not in client.get(page).content.decode()
    with pytest.raises(ValidationError, match="when the session has ended"):
        cast_ballot(retrospective=retrospective, question=Question.SAFETY_END, score=4, by=commander)
    end_session(retrospective=retrospective, by=commander)
    assert "At the end" in client.get(page).content.decode()
    cast_ballot(retrospective=retrospective, question=Question.SAFETY_END, score=4, by=commander)


def test_only_once_each_and_each_question_by_itself(retrospective, commander):
    cast_ballot(retrospective=retrospective, question=START, score=4, by=commander)
    with pytest.raises(ValidationError, match="already"):
        cast_ballot(retrospective=retrospective, question=START, score=1, by=commander)
    cast_ballot(retrospective=retrospective, question=Question.PULSE, score=1, by=commander)
    assert list(Ballot.objects.order_by("score").values_list("score", flat=True)) == [1, 4]


def test_the_mark_needs_the_key(retrospective, commander, settings):
    here = voted_token(retrospective, START, commander)
    settings.SECRET_KEY = "another installation's key, long enough to be one"
    assert voted_token(retrospective, START, commander) != here


@pytest.mark.parametrize(("question", "score"), [(START, 0), (START, 6), ("hobby", 3)])
def test_no_such_answer(retrospective, commander, question, score):
    with pytest.raises(ValidationError):
        cast_ballot(retrospective=retrospective, question=question, score=score, by=commander)


def test_a_stakeholder_who_is_not_at_the_table_is_refused(retrospective, stakeholder):
    with pytest.raises(PermissionDenied):
        cast_ballot(retrospective=retrospective, question=START, score=3, by=stakeholder)
    assert not VotedToken.objects.exists()


def test_what_may_help_is_offered_to_who_leads_and_never_blocks(client, retrospective, voters, responder):
    for score, voter in zip([5, 5, 5, 1], voters, strict=True):
        cast_ballot(retrospective=retrospective, question=START, score=score, by=voter)
    close_question(retrospective=retrospective, question=START, by=voters[0])
    page = f"/retrospectives/{retrospective.pk}/safety/"
    client.force_login(voters[0])
    assert "What may help" in client.get(page).content.decode()
    client.force_login(responder)
    assert "What may help" not in client.get(page).content.decode()
    frame_retrospective(retrospective=retrospective, by=voters[0], facilitator=responder)
    assert start_session(retrospective=retrospective, by=voters[0]).status == "in_session"
