import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError

from incidents.models import Incident, Status
from incidents.workflow import report_problem


def test_works_for_anybody_signed_in(suspected, stakeholder, traces):
    seen = traces(suspected)
    seen._before = (0, 0, 0)
    assert suspected.status == Status.TRIAGE
    assert suspected.severity.when_unsure
    assert suspected.declared_at is None
    assert suspected.participations.get().user == stakeholder
    assert (seen.texts, seen.actions, seen.topics) == (
        ["reported a problem"],
        ["incident.reported"],
        ["incident.reported"],
    )


def test_nothing_is_due_before_it_is_declared(suspected):
    assert not suspected.update_schedules.filter(due_at__isnull=False).exists()
    assert not suspected.tasks.exists()


def test_same_form_twice_makes_one(stakeholder):
    token = uuid.uuid4()
    first = report_problem(by=stakeholder, title="x", form_token=token)
    assert report_problem(by=stakeholder, title="x", form_token=token) == first
    assert Incident.objects.count() == 1


def test_nobody_signed_in_is_refused(db):
    with pytest.raises(PermissionDenied):
        report_problem(by=AnonymousUser(), title="x")


def test_needs_a_title(stakeholder):
    with pytest.raises(ValidationError):
        report_problem(by=stakeholder, title=" ")
