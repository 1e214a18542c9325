"""Does the form that closes an incident say what the severity requires?"""

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from incidents.models import Incident, Status
from incidents.workflow import change_severity
from retros.workflow import start_retrospective


@pytest.fixture
def client(client, commander):
    client.force_login(commander)
    return client


def shown(client, incident) -> str:
    return " ".join(
        strip_tags(client.get(reverse("resolution", args=[incident.reference])).content.decode()).split()
    )


def test_an_owner_is_called_required_where_the_severity_requires_one(client, resolved):
    assert "Who owns the retrospective? required" in shown(client, resolved)


def test_and_optional_where_it_does_not(client, resolved, commander, severity):
    change_severity(incident=resolved, severity=severity(3), by=commander)
    assert "Who owns the retrospective? optional" in shown(client, resolved)


def test_without_owner_and_reason_the_field_says_what_to_do(client, resolved):
    answer = client.post(reverse("closure", args=[resolved.reference]), {"owner": "", "waive_reason": ""})
    errors = answer.context["close_form"].errors
    assert list(errors) == ["owner"]
    assert errors["owner"][0].startswith(
        f"You can't close {resolved.reference} yet: a SEV2 needs a retrospective"
    )
    assert Incident.objects.get().status == Status.RESOLVED


@pytest.mark.parametrize("answer", ["owner", "reason"])
def test_an_owner_or_a_reason_closes_it(client, resolved, responder, answer):
    typed = {
        "owner": responder.pk if answer == "owner" else "",
        "waive_reason": "" if answer == "owner" else "Known",
    }
    client.post(reverse("closure", args=[resolved.reference]), typed)
    assert Incident.objects.get().status == Status.CLOSED


def test_whoever_owns_it_already_is_enough(client, resolved, commander, responder):
    start_retrospective(incident=resolved, by=commander, owner=responder)
    assert "Who owns the retrospective? optional" in shown(client, resolved)
