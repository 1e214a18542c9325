"""Does what is exported come back identically; and does nobody take along what they may not see?"""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from history.access import Access
from history.workflow.export_writer import everything
from incidents.models import Incident, Participation, Service
from incidents.workflow import (
    declare_incident,
    join_incident,
    leave_incident,
    merge_incident,
    mitigate_incident,
    post_status_update,
    raise_hypothesis,
    record_mitigation,
    resolve_incident,
)
from tests.conftest import NOT_SENT
from tests.history.conftest import EMPTY, exported, line, stored, there_and_back
from timeline.workflow import attach_evidence, edit_event, write_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def eventful(commander, responder, severity):
    """An incident with a row of nearly every kind, one merged into it, a private one."""
    service = Service.objects.create(name="payments", slug="payments")
    incident = declare_incident(
        by=commander, title="Cards = <b>declined</b> 🂡", severity=severity(1), services=[service]
    )
    hypothesis = raise_hypothesis(incident=incident, by=responder, claim="The pool is too small")
    attach_evidence(
        incident=incident, by=responder, kind="log", title="Log", body="x\ny", hypothesis=hypothesis
    )
    event = write_event(incident=incident, by=responder, text="Since when?", kind="question")
    write_event(incident=incident, by=commander, text="Since nine", answers=event)
    edit_event(event=event, by=responder, text="Since when exactly?", occurred_at=event.occurred_at)
    record_mitigation(incident=incident, by=commander, text="Roll back")
    wrong = post_status_update(
        incident=incident, by=commander, audiences=["public", "stakeholders"], known="Slow", unknown="Why",
        wordings={"public": {"known": "Slow."}}, public_title="Payments", next_update_at=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    post_status_update(
        incident=incident, by=commander, audiences=["stakeholders"], known="Down", unknown="Why", corrects=wrong,
        correction_reason="Too mild", next_update_at=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    twin = declare_incident(by=responder, title="The same", severity=severity(3))
    merge_incident(incident=twin, into=incident, by=commander)
    mitigate_incident(incident=incident, by=commander)
    resolve_incident(incident=incident, by=commander, waive_reason="Test", unsent=NOT_SENT)
    declare_incident(by=commander, title="Zephyrquartz", severity=severity(2), is_private=True)
    return incident


def test_everything_comes_back_identically(eventful, imported, written):
    silent = {k: v for k, v in stored().items() if k in ("OutboxMessage", "Delivery", "Notice")}
    before, after = there_and_back(imported, written)
    assert after == before
    assert len(before.splitlines()) == 3
    assert {k: v for k, v in stored().items() if k in silent} == silent
    assert Incident.objects.get(title="The same").merged_into.title.startswith("Cards")
    assert set(Incident.objects.values_list("source", flat=True)) == {"import"}


def test_what_each_person_worked_comes_back(eventful, responder, imported, written):
    join_incident(incident=eventful, by=responder)
    leave_incident(incident=eventful, by=responder)
    counted = set(Participation.objects.values_list("user__name", "worked_from__0", "worked_seconds"))
    assert any(seconds for _, _, seconds in counted)
    there_and_back(imported, written)
    assert set(Participation.objects.values_list("user__name", "worked_from__0", "worked_seconds")) == counted


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2025, 1, 1), timezones=st.just(UTC))


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "title": st.text(
                    st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=60
                ),
                "impact": st.sampled_from(["none", "minor", "major", "critical"]),
                "began": MOMENTS,
                "minutes": st.one_of(st.none(), st.integers(0, 100_000)),
                "words": st.lists(st.tuples(st.integers(0, 500), TEXT), max_size=4),
                "components": st.lists(st.sampled_from(["API", "Web", "Mail"]), max_size=3),
            }
        ),
        max_size=4,
    )
)
def test_any_history_comes_back_identically(imported, written, histories):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(EMPTY)
        cursor.execute("UPDATE incidents_referencecounter SET last = 0")
    rows = [
        line(
            number,
            title=one["title"],
            impact=one["impact"],
            started_at=one["began"].isoformat(),
            resolved_at=(one["began"] + timedelta(minutes=one["minutes"])).isoformat() if one["minutes"] is not None else None,
            updates=[
                {"at": (one["began"] + timedelta(minutes=m)).isoformat(), "status": "Update", "message": text}
                for m, text in one["words"]
            ],
            components=one["components"],
        )
        for number, one in enumerate(histories)
    ]  # fmt: skip
    if rows:
        imported(written(rows))
        before, after = there_and_back(imported, written) if Incident.objects.exists() else ("", "")
        assert after == before


def test_private_ones_only_for_those_who_may_see_them(eventful, commander, outsider):
    assert "Zephyrquartz" not in exported()
    assert "Zephyrquartz" not in exported(reader=outsider.email)
    assert "Zephyrquartz" in exported(reader=commander.email)
    told = StringIO()
    call_command("export_incidents", "-", stdout=StringIO(), stderr=told)
    assert "1 private incidents are left out" in told.getvalue()


def broken(row: dict, *path, to) -> str:
    row = json.loads(json.dumps(row))
    place = row
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return json.dumps(row)


def test_broken_lines_of_our_own_are_refused_whole(eventful, imported, written):
    row = json.loads(exported().splitlines()[0])
    cases = {
        "circle": broken(row, "rows", "timeline", 0, "answers", to=0),
        "nowhere": broken(row, "rows", "timeline", 0, "hypothesis", to=99),
        "version": broken(row, "allclear", to=99),
        "unknown kinds": broken(row, "rows", "users", to=[{}]),
        "not an object": broken(row, "rows", "periods", to=[1]),
        "status": broken(row, "incident", "status", to="exploded"),
        "no time with a zone: 2024": broken(row, "incident", "created_at", to="2024-01-01T00:00:00"),
        "no time with a zone: 2020": broken(row, "incident", "declared_at", to="2020-01-01 10:00"),
        "no time with a zone: 2021": broken(row, "incident", "declared_at", to="2021-1-1T10:00"),
        "declared_at is no time": broken(row, "incident", "declared_at", to=""),
        "valid email": broken(row, "rows", "timeline", 0, "actor", to="foo"),
        "cannot be stored": broken(row, "title", to="a\x00b"),
        "no severity “SEV9”": broken(row, "incident", "severity", to="SEV9"),
    }
    before = stored(), Incident.objects.count(), User.objects.exclude(name="Imported history").count()
    for told, content in cases.items():
        changed = content.replace(row["id"], f"allclear/elsewhere/{told}")
        report = imported(written(changed + "\n"))
        assert report["refused"] == 1, told
        assert told in report["rows_refused"][0]["reason"]
        now = stored(), Incident.objects.count(), User.objects.exclude(name="Imported history").count()
        assert now == before, told


@pytest.mark.parametrize("public", [True, False])
def test_nothing_is_shown_in_public_unless_asked(eventful, imported, written, public):
    lines = [json.loads(text) for text in exported().splitlines()]
    row = next(row for row in lines if row["title"] == eventful.title) | {"id": "allclear/elsewhere/1"}
    assert imported(written(json.dumps(row) + "\n"), public=public)["refused"] == 0
    brought = list(Incident.objects.latest("pk").status_updates.order_by("pk"))
    assert len(brought) == 2
    assert ["public" in update.audiences for update in brought] == [public, False]
    assert brought[0].audiences[-1] == "stakeholders"


def test_merged_in_a_circle_is_refused(eventful, imported, written):
    row = json.loads(exported().splitlines()[0])
    ring = [row | {"id": f"x/{n}", "merged_into": f"x/{(n + 1) % 3}"} for n in range(3)]
    report = imported(written([*ring, row | {"id": "x/9", "merged_into": "x/9"}]))
    assert (report["imported"], report["refused"]) == (0, 4)
    assert "in a circle" in report["rows_refused"][0]["reason"]


def test_queries_do_not_grow_with_the_incidents(imported, written):
    counts = []
    for most in (2, 60):
        imported(written([line(n) for n in range(most)]))
        with CaptureQueriesContext(connection) as queries:
            assert sum(1 for _ in everything(Access(is_all=True))) == most
        counts.append(len(queries))
    assert counts[0] == counts[1]
