"""Does search find what was written, wherever it stands, and never what the reader may not see?"""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from incidents.models import Incident, Service, StatusUpdate
from incidents.workflow import declare_incident, mitigate_incident, post_status_update
from retros.models import Document, Publication, Retrospective, RetrospectiveStatus
from shell import search
from shell.search import SHOWN_KEYS, Asked, found, is_common, parse
from shell.word_queries import newest_with
from tests.api.client import ApiClient
from timeline.workflow import remove_event, write_event

pytestmark = pytest.mark.django_db
CANARY = "Zephyrquartz"


def titles(text: str, user) -> set[str]:
    gathered, one_by_one = (
        set(found(parse(text), user, is_common=way).values_list("title", flat=True)) for way in (False, True)
    )
    assert gathered == one_by_one, text
    asked = parse(text)
    if asked.words and asked == Asked(words=asked.words, problems=asked.problems):
        assert {one.title for one in newest_with(asked.words, user, shown=100)} == gathered, text
    return gathered


@given(st.text(max_size=300))
def test_any_text_is_understood_or_its_problem_told(text):
    asked = parse(text)
    assert all(isinstance(problem, str) and problem for problem in asked.problems)
    assert asked.ranks <= {1, 2, 3, 4, 5}
    assert all(any(c.isalnum() for c in word) for word in asked.words)


@pytest.fixture
def several(commander, severity):
    """A SEV1 on payments and a SEV3 on search, each with its words."""
    services = [Service.objects.create(name=name, slug=name) for name in ("payments", "search")]
    first = declare_incident(
        by=commander, title="Cards are declined", severity=severity(1), services=services[:1]
    )
    second = declare_incident(
        by=commander,
        title="Results are old",
        summary="The index stopped",
        severity=severity(3),
        services=services[1:],
    )
    return first, second


def test_common_words_are_found_near_the_newest(several, commander, monkeypatch):
    monkeypatch.setattr(search, "COMMON", 0)
    assert is_common(parse("old"))
    assert [one.title for one in newest_with(["old"], commander, shown=1)] == ["Results are old"]
    assert [one.title for one in newest_with(["cards"], commander, shown=1)] == ["Cards are declined"]
    assert [one.title for one in newest_with(["cards"], commander, shown=6)] == ["Cards are declined"]


@given(text=st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=80))
def test_any_text_can_be_asked_for(text):
    everybody = User(is_active=True, sees_private_incidents=True, pk=1)
    assert list(found(parse(text), everybody)[:1]) == []


@given(
    st.lists(
        st.sampled_from(
            ["sev1", "open", "resolved", "word", "service:a", 'service:"a b"', "is:drill", "INC-7"]
        )
    ),
)
def test_order_of_the_terms_changes_nothing(terms):
    one, other = parse(" ".join(terms[:12])), parse(" ".join(reversed(terms[:12])))
    assert (one.ranks, one.statuses, one.is_) == (other.ranks, other.statuses, other.is_)
    assert sorted(one.words) == sorted(other.words)
    assert sorted(one.names) == sorted(other.names)
    assert one.problems == other.problems == []


@pytest.mark.parametrize("text", ["colour:red", "sevice:api", "x:y"])
def test_unknown_key_is_told_with_those_there_are(text):
    (problem,) = parse(text).problems
    assert f"“{text.split(':')[0]}:”" in problem
    assert all(f"{key}:" in problem for key in SHOWN_KEYS)


@pytest.mark.parametrize(
    ("text", "told"),
    [("severity:9", "no severity"), ("status:odd", "not a status"), ("is:odd", "is:private"), ("after:soon", "not a date"), ("service:", "")],
)  # fmt: skip
def test_senseless_value_is_told(text, told):
    asked = parse(text)
    assert told in " ".join(asked.problems)


def test_a_day_before_the_calendar_begins_is_told():
    with timezone.override("Asia/Tokyo"):
        assert "not a date" in parse("before:0001-01-01").problems[0]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("cards", {"Cards are declined"}),
        ("card", {"Cards are declined"}),
        ("declin", {"Cards are declined"}),
        ('"results are old"', {"Results are old"}),
        ('"old results"', set()),
        ("index", {"Results are old"}),
        ("sev1", {"Cards are declined"}),
        ("sev1 sev3 open", {"Cards are declined", "Results are old"}),
        ("sev1 open service:payments", {"Cards are declined"}),
        ("sev1 service:search", set()),
        ("commander:Commander", {"Cards are declined", "Results are old"}),
        ("resolved", set()),
        ("after:2020-01-01 cards", {"Cards are declined"}),
        ("before:2020-01-01 cards", set()),
        ("' | !cards & (", {"Cards are declined"}),
    ],
)
def test_words_keys_and_phrases(several, commander, text, wanted):
    assert titles(text, commander) == wanted


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("db1.example.com went away", "db1.example.com"),
        ("db1.example.com went away", "db1.exam"),
        ("no route to 10.0.0.7", "10.0.0.7"),
        ("rolled back to v2.14.1", "v2.14"),
        ("the disk of /var/log/syslog is full", "/var/log/syslog"),
        ("pool-3 has no connections left", "pool-3"),
        ("the head of the queue is stuck", '"head of the queue"'),
        ("the server's disk", "server's"),
    ],
)
def test_hostnames_addresses_and_versions_are_found(commander, severity, written, asked):
    incident = declare_incident(by=commander, title="One", severity=severity(2))
    declare_incident(by=commander, title="Other", severity=severity(2))
    write_event(incident=incident, by=commander, text=written)
    assert titles(asked, commander) == {"One"}


@pytest.fixture
def overloaded(monkeypatch, commander, severity):
    """Thirty incidents with the word, newest last; three texts are many here, and the planner knows the table."""
    monkeypatch.setattr(search, "COMMON", 3)
    for n in range(30):
        incident = declare_incident(by=commander, title=f"N{n}", severity=severity(2))
        write_event(incident=incident, by=commander, text="Overloaded")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE timeline_timelineevent")


def test_common_word_pages_through_all(overloaded, client, commander):
    assert is_common(parse("overloaded"))
    assert not is_common(parse("sev1"))
    client.force_login(commander)
    first = client.get("/incidents/?q=overloaded").context
    assert [row.title for row in first["rows"]] == [f"N{n}" for n in reversed(range(5, 30))]
    assert first["told_count"] == "Many"
    second = client.get(f"/incidents/?q=overloaded&below={first['older']}").context
    assert [row.title for row in second["rows"]] == [f"N{n}" for n in reversed(range(5))]
    assert second["older"] is None
    back = client.get(f"/incidents/?q=overloaded&above={second['newer']}").context
    assert [row.title for row in back["rows"]] == [f"N{n}" for n in reversed(range(5, 30))]


@pytest.mark.parametrize("newest", [10, 4000])
def test_common_word_by_api_pages_through_all(overloaded, monkeypatch, severity, commander, newest):
    """Looked for among the newest; where these do not fill a page, all are gathered."""
    monkeypatch.setattr(search, "NEWEST", newest)
    for n in range(15):
        declare_incident(by=commander, title=f"Silent {n}", severity=severity(3))
    calls, told, address = ApiClient.of(commander), [], "incidents?q=overloaded&limit=7"
    while address:
        with CaptureQueriesContext(connection) as queries:
            page = calls.get(address.replace("http://testserver", ""))
        told += [one["title"] for one in page["results"]]
        lists = [one["sql"] for one in queries if 'BY "incidents_incident"."number"' in one["sql"]]
        assert len(lists) == 1 or newest == 10
        address = page["next"]
    assert told == [f"N{n}" for n in reversed(range(30))]
    back = calls.get(page["previous"].replace("http://testserver", ""))
    assert [one["title"] for one in back["results"]] == [f"N{n}" for n in (8, 7, 6, 5, 4, 3, 2)]


def test_common_words_that_stand_together_are_common_together(overloaded, commander):
    """As words that had nothing to do with each other they would be expected in a few rows only."""
    incident = Incident.objects.order_by("-number").first()
    for n in range(30):
        write_event(incident=incident, by=commander, text=f"Nothing to see {n}")
    for n in range(10):
        write_event(incident=incident, by=commander, text=f"Replica behind {n}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE timeline_timelineevent")
    assert is_common(parse("replica behind"))


def test_common_words_that_never_stand_together_find_nothing(overloaded, client, commander):
    client.force_login(commander)
    assert list(client.get("/incidents/?q=overloaded+unheard").context["rows"]) == []


def test_common_word_of_long_ago_is_found_as_well(overloaded, monkeypatch, client, commander, severity):
    for name in ("shell.views.listing.NEWEST", "shell.views.palette.NEWEST"):
        monkeypatch.setattr(name, 10)
    for _ in range(10):
        declare_incident(by=commander, title="Silent", severity=severity(3))
    client.force_login(commander)
    shown = client.get("/incidents/?q=overloaded").context
    assert [row.title for row in shown["rows"]] == [f"N{n}" for n in reversed(range(5, 30))]
    assert shown["told_count"] == "30"
    assert "N29" in client.get("/palette?q=overloaded").text


def test_timeline_updates_and_published_retrospectives_are_found(several, commander):
    first, _second = several
    title = {"Cards are declined"}
    event = write_event(incident=first, by=commander, text="The pool was exhausted")
    assert titles("exhausted", commander) == title
    remove_event(event=event, by=commander)
    assert titles("exhausted", commander) == set()
    update = post_status_update(
        incident=first, by=commander, audiences=["stakeholders"], known="Kartenzahlung", unknown="Ursache",
        next_update_at=timezone.now() + timedelta(minutes=5),
    )  # fmt: skip
    assert titles("ursache", commander) == title
    StatusUpdate.objects.filter(pk=update.pk).update(state="withdrawn")
    assert titles("ursache", commander) == set()
    retrospective = Retrospective.objects.create(title="Looking back", incident=first, owner=commander)
    retrospective.incidents.add(first)
    Document.objects.create(retrospective=retrospective, section="summary", text="A lease outlived its owner")
    assert titles("outlived", commander) == set()
    Retrospective.objects.update(status=RetrospectiveStatus.PUBLISHED)
    Publication.objects.create(retrospective=retrospective, number=1, content={}, text="", by=commander)
    assert titles("outlived", commander) == title
    assert titles("looking back", commander) == title


def test_private_words_are_found_by_nobody_else(
    client, private_incident, commander, outsider, stakeholder, admin
):
    write_event(incident=private_incident, by=commander, text=f"{CANARY} again")
    retrospective = Retrospective.objects.create(
        title=CANARY, incident=private_incident, owner=commander, status=RetrospectiveStatus.PUBLISHED
    )
    retrospective.incidents.add(private_incident)
    Publication.objects.create(retrospective=retrospective, number=1, content={}, text="", by=commander)
    asked = (CANARY, CANARY[:5], private_incident.reference, "is:private", "commander:Commander")
    for text in asked:
        assert titles(text, commander) == {private_incident.title}, text
    for reader in (outsider, stakeholder, admin):
        client.force_login(reader)
        for text in asked:
            assert titles(text, reader) == set(), (text, reader)
            page = client.get("/incidents/", {"q": text}).content.decode()
            assert private_incident.title not in page
            assert "0</span>" in page
            palette = client.get("/palette", {"q": text}).content.decode()
            assert private_incident.title not in palette
            assert "All incidents with" not in palette


def test_resolved_word_in_quotes_is_a_word(several, commander):
    first, _second = several
    mitigate_incident(incident=first, by=commander)
    write_event(incident=first, by=commander, text="They say it is resolved")
    assert titles('"resolved"', commander) == {"Cards are declined"}


def test_addresses_are_found_by_responders_and_by_their_owners(several, commander, responder, stakeholder):
    both = {"Cards are declined", "Results are old"}
    assert titles(f"commander:{commander.email}", responder) == both
    assert titles(f"commander:{commander.email}", stakeholder) == set()
    assert titles("commander:Commander", stakeholder) == both
