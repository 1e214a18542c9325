"""Do fields that a form adds after it was made look and limit like all others?"""

import re
from datetime import timedelta

import pytest
from django import forms
from django.utils import timezone

from core.forms import LONGEST_TEXT, Form
from incidents.workflow import post_status_update

pytestmark = pytest.mark.django_db


class Growing(Form):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["later"] = forms.CharField()
        self.fields["number"] = forms.IntegerField()


def test_they_have_the_class_and_the_limit():
    form = Growing({"later": "x" * (LONGEST_TEXT + 1), "number": "3"})
    assert not form.is_valid()
    assert list(form.errors) == ["later"]
    assert 'class="input"' in str(form["number"])


def test_the_next_update_of_a_mitigation_is_a_box(client, commander, incident):
    post_status_update(
        incident=incident,
        by=commander,
        audiences=["stakeholders"],
        known="Slow.",
        unknown="Why.",
        next_update_at=timezone.now() + timedelta(minutes=30),
    )
    client.force_login(commander)
    page = client.get(f"/incidents/{incident.reference}/mitigation/").content.decode()
    (field,) = re.findall(r'<input[^>]*name="next_minutes"[^>]*>', page)
    assert re.search(r'class="input\b', field)
