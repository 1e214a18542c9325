from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from incidents.models import Incident, Status
from incidents.workflow import Conflict, mitigate_incident, report_problem, resolve_incident
from retros.models import Retrospective
from retros.workflow import (
    close_with_retrospective,
    due_date,
    open_retrospective,
    start_retrospective,
)
from tests.conftest import NOT_SENT


@pytest.fixture
def resolved(incident, commander):
    mitigated = mitigate_incident(incident=incident, by=commander)
    return resolve_incident(incident=mitigated, by=commander, waive_reason="x", unsent=NOT_SENT)


def test_works_and_never_changes_the_status(incident, commander, responder, traces):
    seen = traces(incident)
    retrospective = start_retrospective(incident=incident, by=commander, owner=responder, material={"a": 1})
    assert (retrospective.owner, retrospective.material) == (responder, {"a": 1})
    assert Incident.objects.get().status == Status.INVESTIGATING
    assert seen.texts == ["started the retrospective, owned by Responder Example"]
    assert (seen.actions, seen.topics) == (["retrospective.started"], ["incident.retrospective_started"])


def test_there_is_one(incident, commander, responder, traces):
    first = start_retrospective(incident=incident, by=commander)
    assert start_retrospective(incident=incident, by=commander, owner=responder) == first
    seen = traces(incident)
    start_retrospective(incident=incident, by=commander, owner=responder)
    start_retrospective(incident=incident, by=commander)
    assert seen.none
    assert Retrospective.objects.get().owner == responder


@pytest.mark.parametrize(
    ("resolved_on", "due"),
    [
        (date(2026, 7, 1), date(2026, 7, 8)),  # Wednesday
        (date(2026, 7, 3), date(2026, 7, 10)),  # Friday
        (date(2026, 7, 4), date(2026, 7, 10)),  # Saturday
    ],
)
def test_due_in_business_days(incident, resolved_on, due):
    incident.resolved_at = datetime.combine(resolved_on, datetime.min.time(), UTC)
    assert due_date(incident) == due


def test_close_with_retrospective(resolved, commander, responder):
    closed = close_with_retrospective(
        incident=resolved, by=commander, owner=responder, version=resolved.version
    )
    assert (closed.status, closed.retrospective.owner) == (Status.CLOSED, responder)


@pytest.fixture
def withheld(resolved, commander):
    """A private look back on an incident that everybody can see."""
    made = open_retrospective(
        by=commander, title="Zephyrquartz", incidents=[resolved], owner=commander, is_private=True
    )
    resolved.refresh_from_db()
    return made


def test_who_is_not_at_its_table_does_not_take_it_over(client, withheld, outsider, commander, traces):
    seen = traces(withheld.incident)
    client.force_login(outsider)
    page = f"/incidents/{withheld.incident.reference}/retrospective/"
    assert client.post(page).status_code == 403
    again = {"subject": "incident", "incidents": withheld.incident.reference, "owner": outsider.pk}
    refused = client.post(
        "/retrospectives/new/", again | {"form_token": "8a3d6f0e-29f5-4b4e-9f3a-0a4b3d5f1c11"}
    )
    assert b"has its retrospective already" in refused.content
    assert b"Zephyrquartz" not in refused.content
    assert Retrospective.objects.get().owner == commander
    assert not Retrospective.objects.visible_to(outsider).exists()
    assert seen.none


def test_only_who_leads_it_hands_it_over_and_not_once_published(incident, commander, responder, outsider):
    started = start_retrospective(incident=incident, by=commander, owner=commander)
    with pytest.raises(PermissionDenied):
        start_retrospective(incident=incident, by=outsider, owner=outsider)
    start_retrospective(incident=incident, by=commander, owner=responder)
    assert Retrospective.objects.get().version > started.version, "an older form conflicts"
    Retrospective.objects.update(status="published")
    with pytest.raises(ValidationError, match="published"):
        start_retrospective(incident=incident, by=responder, owner=commander)
    assert Retrospective.objects.get().owner == responder


def test_whoever_cannot_reach_it_closes_and_it_stays_as_it_is(withheld, resolved, outsider, commander):
    closed = close_with_retrospective(
        incident=resolved, by=outsider, owner=outsider, version=resolved.version
    )
    assert closed.status == Status.CLOSED
    assert Retrospective.objects.get().owner == commander


def test_a_new_one_brings_the_timeline_along(client, resolved, commander):
    client.force_login(commander)
    client.post(f"/incidents/{resolved.reference}/retrospective/")
    started = Retrospective.objects.get()
    assert started.entries.filter(text="Resolved").exists()
    start_retrospective(incident=resolved, by=commander, owner=commander)
    bare = started.entries.count()
    assert bare == started.entries.values("event").distinct().count()


def test_close_with_an_older_form_conflicts(resolved, commander, responder):
    with pytest.raises(Conflict):
        close_with_retrospective(
            incident=resolved, by=commander, owner=responder, version=resolved.version - 1
        )
    assert not Retrospective.objects.exists()


def test_a_stakeholder_owns_none(incident, commander, stakeholder):
    with pytest.raises(ValidationError, match="is a stakeholder"):
        start_retrospective(incident=incident, by=commander, owner=stakeholder)


def test_none_of_a_suspicion(commander):
    with pytest.raises(ValidationError, match="nothing to look back on"):
        start_retrospective(incident=report_problem(by=commander, title="x"), by=commander)


def test_stakeholder_is_refused(incident, stakeholder):
    with pytest.raises(PermissionDenied):
        start_retrospective(incident=incident, by=stakeholder)
