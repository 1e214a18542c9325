import pytest

from incidents.models import Service
from incidents.workflow import declare_incident
from retros.checks import CHECKS
from retros.models import ContributingFactor, Factor
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
    assert b"same service: gateway" in client.get(path).content
    fragment = client.get(path, headers={"HX-Request": "true"}).content
    assert b"same service: gateway" in fragment
    assert b"<html" not in fragment
    assert path.encode() in client.get(new.get_absolute_url()).content
