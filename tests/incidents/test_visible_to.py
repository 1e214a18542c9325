"""A canary word in a private incident is found by nobody it does not exist for."""

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from incidents.models import Incident
from retros.models import Retrospective
from retros.workflow import start_retrospective


def found_by(user) -> bool:
    return Incident.objects.visible_to(user).filter(title__contains="Zephyrquartz").exists()


def test_those_on_it_see_it(private_incident, commander):
    assert found_by(commander)


@pytest.mark.parametrize("who", ["outsider", "responder", "stakeholder", "admin"])
def test_nobody_else_does(private_incident, incident, who, request):
    user = request.getfixturevalue(who)
    assert not found_by(user)
    assert incident in Incident.objects.visible_to(user)


def test_whom_the_policy_names_sees_it(private_incident, outsider):
    outsider.sees_private_incidents = True
    assert found_by(outsider)


def test_nobody_signed_in_sees_anything(private_incident, incident):
    assert not Incident.objects.visible_to(AnonymousUser()).exists()


def test_a_deactivated_person_sees_nothing(private_incident, commander):
    commander.is_active = False
    assert not Incident.objects.visible_to(commander).exists()


def test_one_row_each_however_many_are_on_it(private_incident, commander, incident):
    assert Incident.objects.visible_to(commander).count() == 2


def test_its_retrospective_is_as_private(private_incident, commander, outsider):
    start_retrospective(incident=private_incident, by=commander)
    assert Retrospective.objects.visible_to(commander).exists()
    assert User.objects.filter(pk=outsider.pk).exists()
    assert not Retrospective.objects.visible_to(outsider).exists()


@pytest.mark.parametrize(
    ("reference", "is_found"),
    [
        ("INC-{n}", True),
        ("inc-{n}", True),
        ("INC-0{n}", True),
        ("INC-", False),
        ("ABC-{n}", False),
        ("INC-²", False),
    ],
)
def test_of_reference(incident, reference, is_found):
    found = Incident.objects.of_reference(reference.format(n=incident.number)).exists()
    assert found == is_found
