"""Is the empty choice of a list named in plain words?"""

import pytest
from django import forms
from django.urls import reverse

from accounts.models import Team
from core.forms import Form, ModelForm
from incidents.models import IncidentType, Service


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
