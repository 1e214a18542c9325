"""Which published retrospectives does an incident bring to mind, and how much is read for that?"""

from datetime import timedelta

import pytest
from django.contrib.postgres.search import SearchVector
from django.db import connection
from django.db.models import Value
from django.test.utils import CaptureQueriesContext

from incidents.models import Service
from incidents.workflow import declare_incident
from retros.checks import CHECKS
from retros.models import ContributingFactor, Factor, Publication, Retrospective
from retros.similar import seen_before
from retros.workflow import open_retrospective, publish_retrospective, start_review, waive_check


def _publish(commander, incident, factor: str = ""):
    made = open_retrospective(by=commander, title=incident.title, incidents=[incident], owner=commander)
    if factor:
        row = Factor.objects.create(text=factor, key=factor.lower())
        ContributingFactor.objects.create(retrospective=made, factor=row, text=factor)
    start_review(retrospective=made, by=commander, reason="x")
    for name in CHECKS:
        waive_check(retrospective=made, by=commander, name=name, reason=f"x {name}")
    publish_retrospective(retrospective=made, by=commander)
    return made


@pytest.fixture
def gateway(db) -> Service:
    return Service.objects.create(name="gateway", slug="gateway")


def test_same_service(commander, severity, gateway):
    old = declare_incident(by=commander, title="Queue", severity=severity(3), services=[gateway])
    made = _publish(commander, old)
    new = declare_incident(by=commander, title="Anything", severity=severity(3), services=[gateway])
    (seen,) = seen_before(new, reader=commander)
    assert (seen.retrospective, seen.why) == (made, "same service: gateway")


def test_similar_factor(commander, severity):
    old = declare_incident(by=commander, title="Queue", severity=severity(3))
    made = _publish(commander, old, factor="Certificate had no owner")
    new = declare_incident(by=commander, title="Certificate expired at the edge", severity=severity(3))
    (seen,) = seen_before(new, reader=commander)
    assert (seen.retrospective, seen.why) == (made, "similar factor: Certificate had no owner")


def test_nothing_alike_nothing_shown_and_never_ones_own(commander, severity, gateway):
    old = declare_incident(by=commander, title="Label printer", severity=severity(3), services=[gateway])
    _publish(commander, old)
    new = declare_incident(by=commander, title="Search index", severity=severity(3))
    assert seen_before(new, reader=commander) == []
    assert seen_before(old, reader=commander) == []


def test_never_of_a_private_incident_for_others(commander, outsider, private_incident, severity):
    _publish(commander, private_incident)
    new = declare_incident(by=commander, title="Zephyrquartz again", severity=severity(3))
    assert seen_before(new, reader=commander) != []
    assert seen_before(new, reader=outsider) == []


def test_the_page_and_the_fragment(client, commander, severity, gateway):
    old = declare_incident(by=commander, title="Queue", severity=severity(3), services=[gateway])
    _publish(commander, old)
    new = declare_incident(by=commander, title="Anything", severity=severity(3), services=[gateway])
    client.force_login(commander)
    path = f"/incidents/{new.reference}/seen-before/"
    page = client.get(path).content
    assert b"same service: gateway" in page
    assert b"Of the newest 200 published ones that share a word or a service." in page
    fragment = client.get(path, headers={"HX-Request": "true"}).content
    assert b"same service: gateway" in fragment
    assert b"<html" not in fragment
    assert path.encode() in client.get(new.get_absolute_url()).content


def test_common_words_are_found_as_rare_ones_are(commander, severity, monkeypatch):
    """Of common words the newest are looked at one by one; rare ones come from an index."""
    olds = [declare_incident(by=commander, title=f"Queue {n}", severity=severity(3)) for n in range(4)]
    made = [_publish(commander, old) for old in olds]
    new = declare_incident(by=commander, title="Queue again", severity=severity(3))
    assert {one.retrospective for one in seen_before(new, reader=commander)} <= set(made)
    rare = seen_before(new, reader=commander)
    monkeypatch.setattr("retros.similar.COMPARED", 0)
    assert seen_before(new, reader=commander) == []
    monkeypatch.setattr("retros.similar.COMPARED", 1)
    assert [one.retrospective for one in seen_before(new, reader=commander)] == [made[-1]], "the newest"
    assert rare[0].retrospective == made[-1]
    other = declare_incident(by=commander, title="Label printer", severity=severity(3))
    assert seen_before(other, reader=commander) == []


def test_what_is_read_does_not_grow_with_the_past(commander, severity, gateway, monkeypatch):
    old = declare_incident(by=commander, title="Queue", severity=severity(3), services=[gateway])
    made = _publish(commander, old)
    made.refresh_from_db()
    new = declare_incident(by=commander, title="Queue again", severity=severity(3), services=[gateway])
    others = Retrospective.objects.bulk_create(
        Retrospective(title="Queue", status="published", published_at=made.published_at - timedelta(days=n))
        for n in range(1, 200)
    )
    told = made.publications.get()
    Publication.objects.bulk_create(
        Publication(retrospective=other, number=1, content=told.content, text=told.text, by=commander)
        for other in others
    )
    Publication.objects.update(search=SearchVector(Value("queue"), config="english"))
    monkeypatch.setattr("retros.similar.COMPARED", 10)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with CaptureQueriesContext(connection) as asked:
        seen_before(new, reader=commander)
    reading = [query["sql"] for query in asked if query["sql"].startswith("SELECT")]
    for sql in reading:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
            ((found,),) = cursor.fetchall()
        plans = [found[0]["Plan"]]
        for plan in plans:
            plans += plan.get("Plans", [])
        read = [plan for plan in plans if plan.get("Relation Name") == "retros_publication"]
        assert all(plan["Actual Rows"] * plan["Actual Loops"] <= 40 for plan in read), sql


def test_unfinished_retrospectives_have_an_index(db):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "retros_unfinished" in Retrospective.objects.unfinished().order_by("due_on", "pk")[:50].explain()
