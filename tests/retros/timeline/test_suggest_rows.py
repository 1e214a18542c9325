"""Which rows are suggested as the same, and which changes as what introduced the problem?"""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from incidents.models import ChangeEvent
from retros.timeline import RetrospectiveTimeline
from retros.timeline_suggestions import duplicates_in, introducing_in
from retros.workflow import add_entry, dismiss_suggestion, mark_introduced, merge_suggested
from timeline.models import Kind


@pytest.fixture
def write(retrospective, commander, began):
    """`write(60, "…")` is a row at the moment the impact began."""
    start = began - timedelta(minutes=60)

    def write(minute, text, **fields):
        return add_entry(
            retrospective=retrospective,
            by=commander,
            text=text,
            occurred_at=start + timedelta(minutes=minute),
            **fields,
        )

    return write


def found(retrospective):
    return [[row.text for row in one.rows] for one in duplicates_in(RetrospectiveTimeline(retrospective))]


def test_rows_of_a_few_minutes_that_say_the_same(retrospective, commander, write):
    write(0, "Pool of payments-api is full")
    write(3, "payments-api: pool is full!")
    write(4, "Rolled back to v221")
    write(5, "Rolled back to v220")
    write(30, "Pool of payments-api is full")
    (one,) = duplicates_in(RetrospectiveTimeline(retrospective))
    assert [row.text for row in one.rows] == ["Pool of payments-api is full", "payments-api: pool is full!"]
    merge_suggested(retrospective=retrospective, by=commander, key=one.key)
    assert found(retrospective) == []
    with pytest.raises(ValidationError, match="Someone else changed or answered this"):
        merge_suggested(retrospective=retrospective, by=commander, key=one.key)


def test_rows_that_were_told_apart_are_not_suggested_again(client, retrospective, commander, write):
    write(0, "Alert on errors of checkout")
    write(1, "Alert on errors of checkout")
    client.force_login(commander)
    page = f"{retrospective.get_absolute_url()}timeline/"
    assert "Possible duplicates" in client.get(page).content.decode()
    (one,) = duplicates_in(RetrospectiveTimeline(retrospective))
    client.post(f"{page}suggestions/", {"key": one.key, "answer": "dismiss"})
    assert "Possible duplicates" not in client.get(page).content.decode()


def test_changes_shortly_before_the_impact(client, retrospective, commander, began, write):
    before = write(50, "Deployed v222", kind=Kind.CHANGE)
    write(70, "Deployed v221", kind=Kind.CHANGE)
    change = ChangeEvent.objects.create(title="Flag express-checkout on", at=began - timedelta(minutes=5))
    ChangeEvent.objects.create(title="Old", at=began - timedelta(hours=3))
    offered = introducing_in(RetrospectiveTimeline(retrospective), commander)
    assert [one.key for one in offered] == [f"change:{change.pk}", f"row:{before.pk}"]
    client.force_login(commander)
    page = f"{retrospective.get_absolute_url()}timeline/"
    assert "5 min before the impact began" in client.get(page).content.decode()
    client.post(f"{page}suggestions/", {"key": f"change:{change.pk}", "answer": "introduced"})
    row = retrospective.entries.get(phase="introduced")
    assert row.text == "Deployment: Flag express-checkout on"
    assert RetrospectiveTimeline(retrospective).times["I"] == change.at
    assert introducing_in(RetrospectiveTimeline(retrospective), commander) == []


def test_a_change_of_a_private_incident_is_not_offered(
    retrospective, commander, began, private_incident, responder
):
    hidden = ChangeEvent.objects.create(title="Zephyrquartz", at=began - timedelta(minutes=5))
    hidden.incidents.add(private_incident)
    assert introducing_in(RetrospectiveTimeline(retrospective), responder) == []
    with pytest.raises(ValidationError):
        mark_introduced(retrospective=retrospective, by=responder, key=f"change:{hidden.pk}")


def test_none_of_these(retrospective, commander, write):
    write(50, "Deployed v222", kind=Kind.CHANGE)
    dismiss_suggestion(retrospective=retrospective, by=commander, key="introduced")
    retrospective.refresh_from_db()
    assert introducing_in(RetrospectiveTimeline(retrospective), commander) == []
    with pytest.raises(ValidationError):
        dismiss_suggestion(retrospective=retrospective, by=commander, key="introduced")
