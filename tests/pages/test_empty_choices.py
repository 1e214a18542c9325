"""Is the empty choice of a list named in plain words?"""

import pytest
from django import forms
from django.urls import reverse

from accounts.models import Team
from core.forms import Form, ModelForm
from incidents.models import IncidentType, Service
from incidents.workflow import declare_incident


class Plain(Form):
    kind = forms.ModelChoiceField(IncidentType.objects.all(), required=False)
    needed = forms.ModelChoiceField(IncidentType.objects.all())
    own = forms.ModelChoiceField(IncidentType.objects.all(), required=False, empty_label="Any type")


class OfModel(ModelForm):
    class Meta:
        model = Service
        fields = ["tier", "owner_team"]


@pytest.mark.parametrize(("name", "label"), [("kind", "None"), ("needed", "Choose one"), ("own", "Any type")])
def test_choices_of_rows(db, name, label):
    assert next(iter(Plain()[name].field.choices)) == ("", label)


def test_choices_of_models(db):
    Team.objects.create(name="Pay", slug="pay")
    assert "Select an option" not in str(OfModel())


@pytest.mark.parametrize(
    "address",
    ["/declare/", "/actions/", "/settings/catalogue/checklists/new/", "/settings/catalogue/services/new/"],
)
def test_pages(client, admin, address):
    client.force_login(admin)
    response = client.get(address, follow=True)
    assert response.status_code == 200
    assert "Select an option" not in response.content.decode()


def test_the_type_of_an_incident_starts_as_none(client, commander):
    client.force_login(commander)
    field = client.get(reverse("declare")).content.decode().split('name="incident_type"')[1]
    assert '<option value="" selected>None</option>' in field


@pytest.mark.parametrize("part", ["merger/", "roles/commander/", "people/"])
def test_no_person_and_no_incident_is_chosen_beforehand(
    client, commander, responder, incident, severity, part
):
    declare_incident(by=commander, title="The same again", severity=severity(1))
    client.force_login(commander)
    assert (
        '<option value="" selected>Choose one</option>' in client.get(incident.get_absolute_url() + part).text
    )
