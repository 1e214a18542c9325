"""Is the same factor known again, and is what a person cannot reach never told?"""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.workflow import declare_incident
from retros.models import ContributingFactor, Factor
from retros.vocabulary import COMPARED, normalised, recurrences, similar
from retros.workflow import (
    add_contributing_factor,
    change_contributing_factor,
    link_contributing_factor,
    start_retrospective,
)

SECRET = "Zephyrquartz payroll export had no limit"


@pytest.fixture
def looked_back(commander, severity):
    """`looked_back("words", is_private=…)` is a factor of another incident's retrospective."""

    def run(text, **incident):
        other = declare_incident(by=commander, title="Another", severity=severity(3), **incident)
        retrospective = start_retrospective(incident=other, by=commander, owner=commander)
        return add_contributing_factor(retrospective=retrospective, by=commander, text=text)

    return run


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("The  alert -- was SLOW!", "the alert was slow"),
        ("Straße", "strasse"),
        ("Café № 5", "café no 5"),
        ("…", ""),
        ("x" * 400, "x" * 300),
    ],
)
def test_keys(text, key):
    assert normalised(text) == key


def test_the_same_words_are_the_same_factor(retro, add, looked_back, commander):
    theirs = looked_back("The alert was slow")
    mine = add("the ALERT was slow.")
    assert mine.factor == theirs.factor
    assert Factor.objects.count() == 1
    places = recurrences(retro, commander)[mine.factor_id]
    assert places.names == (theirs.retrospective.incident.reference,)


def test_other_words_are_another_factor_until_linked(retro, add, looked_back, commander):
    theirs = looked_back("The alert on traffic was slow")
    mine = add("Alert on traffic came slow")
    assert recurrences(retro, commander) == {}
    assert [known.pk for known in similar(retro, commander, mine.text)] == [theirs.pk]
    link_contributing_factor(factor=mine, same_as=theirs, by=commander)
    assert list(recurrences(retro, commander)) == [theirs.factor_id]
    assert similar(retro, commander, mine.text, but=theirs.factor_id) == []
    mine.refresh_from_db()
    change_contributing_factor(factor=mine, by=commander, text="Something else altogether")
    assert recurrences(retro, commander) == {}, "other words, another factor"


def test_of_many_places_the_newest_few_are_named(
    retro, add, looked_back, commander, django_assert_max_num_queries
):
    mine = add("Mute had no end")
    theirs = [looked_back("Mute had no end") for _ in range(8)]
    add_contributing_factor(retrospective=theirs[7].retrospective, by=commander, text="Mute had no end")
    looked_back("Mute had no end", is_private=True)
    with django_assert_max_num_queries(3):
        places = recurrences(retro, commander)[mine.factor_id]
    assert len(places.few) == 5
    assert places.few[1].name == theirs[7].retrospective.incident.reference
    assert places.names[-1] == "4 more"


def test_suggestions_while_typing(retro, looked_back, commander):
    looked_back("The rollback needs the complete build twice")
    assert [known.text for known in similar(retro, commander, "rollback nee")] == [
        "The rollback needs the complete build twice"
    ]
    assert similar(retro, commander, "database certificate") == []
    assert similar(retro, commander, "ro") == []
    assert len(similar(retro, commander, "a rollback wants the build")) == 1, "alike, and not the same"


def test_a_private_retrospective_leaks_nothing(retro, add, looked_back, commander, responder, client):
    theirs = looked_back(SECRET, is_private=True)
    mine = add(SECRET)
    assert mine.factor == theirs.factor
    assert [known.text for known in similar(retro, commander, SECRET)] == [SECRET]
    assert similar(retro, responder, SECRET) == []
    assert recurrences(retro, responder) == {}
    with pytest.raises(ValidationError, match="You can't see this factor"):
        link_contributing_factor(factor=mine, same_as=theirs, by=responder)
    mine.delete()
    client.force_login(responder)
    for address in (
        f"/retrospectives/{retro.pk}/causes/",
        f"/retrospectives/{retro.pk}/causes/new/",
        f"/retrospectives/{retro.pk}/causes/suggestions/?text=Zephyrquartz+payroll",
    ):
        content = client.get(address).content.decode()
        assert "Zephyrquartz" not in content
        assert theirs.retrospective.incident.reference not in content


def test_only_the_newest_are_compared(retro, add, looked_back, commander):
    """However many an organisation has: a form that suggests while someone types must not read them all."""
    theirs = looked_back("The alert on traffic was slow")
    with connection.cursor() as cursor:  # as if as many had been added in between
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('retros_contributingfactor', 'id'), %s)",
            [theirs.pk + COMPARED],
        )
    newer = looked_back("Alert of traffic was slow")
    assert [known.pk for known in similar(retro, commander, "Alert on traffic came slow")] == [newer.pk]


@pytest.mark.parametrize("many", [3, 40])
def test_each_wording_is_compared_once(retro, looked_back, commander, many):
    """An organisation writes the same words again and again: what is compared does not grow with that."""
    theirs = looked_back("The alert on traffic was slow")
    ContributingFactor.objects.bulk_create(
        ContributingFactor(retrospective=theirs.retrospective, factor=theirs.factor, text=theirs.text)
        for _ in range(many)
    )
    with CaptureQueriesContext(connection) as asked:
        (known,) = similar(retro, commander, "Alert on traffic came slow")
    assert known.text == theirs.text
    (compared,) = [query["sql"] for query in asked if "word_similarity" in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {compared}")
        ((found,),) = cursor.fetchall()
    plans = [found[0]["Plan"]]
    for plan in plans:
        plans += plan.get("Plans", [])
    (worded,) = [plan for plan in plans if plan.get("Subplan Name") == "CTE compared"]
    assert worded["Actual Rows"] == 1


def test_places_beyond_the_few_are_counted_up_to_a_limit(retro, add, looked_back, commander, monkeypatch):
    monkeypatch.setattr("retros.vocabulary.COUNTED", 2)
    mine = add("Mute had no end")
    for expected in [*[()] * 5, ("1 more",), ("2 more",), ("2+ more",), ("2+ more",)]:
        looked_back("Mute had no end")
        assert recurrences(retro, commander)[mine.factor_id].names[5:] == expected


def test_places_are_found_by_an_index(retro, add, looked_back, commander):
    mine = add("Mute had no end")
    looked_back("Mute had no end")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    newest = ContributingFactor.objects.filter(factor=mine.factor).order_by("-retrospective")
    plan = newest.values("retrospective")[:1].explain()
    assert "retros_factor_places" in plan
    assert "Sort" not in plan
