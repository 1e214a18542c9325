"""Are the whitelisted variables filled in, and nothing else, per audience?"""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from incidents.models import StatusUpdate
from incidents.workflow import edit_incident, post_status_update
from incidents.workflow.wording import Variables, fill, offered


def test_known_names_are_filled_and_others_stay(incident, commander):
    text = fill(
        "{{ incident.reference }} {{status}} {{ commander }} {{ settings.SECRET_KEY }} {% x %}",
        Variables(incident, "stakeholders"),
    )
    assert text == f"{incident.reference} Investigating {commander} {{{{ settings.SECRET_KEY }}}} {{% x %}}"


@pytest.mark.parametrize("name", ["commander", "channel", "impact.summary", "known", "severity", "cost.low"])
def test_the_public_has_no_internal_name(name):
    assert name not in offered("public")


def test_the_public_reads_the_public_title(incident):
    assert fill("{{ title }}", Variables(incident, "public")) == "this"
    update = StatusUpdate(incident=incident, public_title="Checkout is slow")
    assert fill("{{ title }}", Variables(incident, "public", update)) == "Checkout is slow"


def test_only_executives_read_what_it_costs(incident, commander):
    incident = edit_incident(incident=incident, by=commander, cost_low="€ 4,000")
    assert fill("{{ cost.low }}", Variables(incident, "executives")) == "€ 4,000"
    assert fill("{{ cost.high }}", Variables(incident, "executives")) == "{{ cost.high }}"
    assert fill("{{ cost.low }}", Variables(incident, "stakeholders")) == "{{ cost.low }}"


@pytest.mark.parametrize("audience", ["public", "stakeholders"])
def test_the_preview_shows_what_each_gets(client, commander, incident, audience):
    client.force_login(commander)
    path = incident.get_absolute_url() + "status-updates/preview/"
    typed = {
        "known": "Zephyrquartz {{ duration }}",
        "public_known": "Slow since {{ duration }}",
        "unknown": "why",
    }
    response = client.post(path, {"audiences": [audience]} | typed)
    assert response.status_code == 200
    is_public = audience == "public"
    assert (b"Slow since under 1 min" in response.content) == is_public
    assert (b"Zephyrquartz under 1 min" in response.content) == (not is_public)
    assert incident.status_updates.count() == 0


def test_each_audience_reads_its_own_words(incident, commander):
    update = post_status_update(
        incident=incident,
        by=commander,
        audiences=["public", "stakeholders", "executives"],
        known="We are {{ status }}, says {{ commander }}",
        wordings={
            "public": {"known": "We are {{ status }} {{ commander }}"},
            "executives": {"known": "{{ severity }}: {{ known }}"},
        },
        public_title="Checkout is slow",
        unknown="why",
        next_update_at=timezone.now() + timedelta(minutes=5),
    )
    assert update.text_for("stakeholders").known == f"We are Investigating, says {commander}"
    assert update.text_for("public").known == "We are Investigating {{ commander }}"
    assert update.text_for("executives").known == f"SEV2: We are Investigating, says {commander}"
    assert update.text_for("responders").unknown == "why"
    assert update.text_for("public").unknown == ""


def test_the_head_of_the_update_page_says_what_is_due(client, commander, incident, readers):
    client.force_login(commander)
    page = client.get(incident.get_absolute_url() + "status-updates/new/").text
    due = incident.next_due
    assert due is not None
    assert re.search(rf"<span[^>]*>{due.what}</span><span[^>]*><time[^>]*data-tick=\"due\"", page)
