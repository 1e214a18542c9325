"""Who is on duty, and who may say so?"""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Installation
from accounts.workflow import describe_organisation
from audit.models import AuditEntry

FACTS = {"name": "Example Works", "time_zone": "Europe/Lisbon", "duty_contact": "extension 1"}


def test_the_duty_contact(client, admin, responder):
    client.force_login(admin)
    page = client.get("/settings/organisation/").content.decode()
    assert "On duty" in page
    assert "Duty address" in page
    data = FACTS | {"duty_person": responder.pk, "duty_mail": "duty@example.test"}
    assert client.post("/settings/organisation/", data).status_code == 302
    stored = Installation.get()
    assert (stored.duty_person, stored.duty_mail) == (responder, "duty@example.test")
    assert f'value="{responder.pk}" selected' in client.get("/settings/organisation/").content.decode()
    changes = AuditEntry.objects.filter(action="organisation.changed").latest("pk").changes
    assert changes["duty_person"] == [None, "Responder Example"]


def test_what_is_not_given_stays(admin, responder):
    describe_organisation(by=admin, **FACTS, duty_person=responder, duty_mail="duty@example.test")
    describe_organisation(by=admin, **FACTS)
    assert Installation.get().duty_person == responder


def test_a_stakeholder_is_not_on_duty(admin, stakeholder):
    with pytest.raises(ValidationError):
        describe_organisation(by=admin, **FACTS, duty_person=stakeholder)


def test_only_administrators_say_so(responder):
    with pytest.raises(PermissionDenied):
        describe_organisation(by=responder, **FACTS, duty_person=responder)
