"""Are the whitelisted variables filled in, and nothing else, per audience?"""

from datetime import timedelta

import pytest
from django.utils import timezone

from incidents.workflow import post_status_update
from incidents.workflow.wording import fill, variables


def test_known_names_are_filled_and_others_stay(incident, commander):
    values = variables(incident, ["stakeholders"])
    text = fill(
        "{{ incident.reference }} {{status}} {{ commander }} {{ settings.SECRET_KEY }} {% x %}", values
    )
    assert text == f"{incident.reference} Investigating {commander} {{{{ settings.SECRET_KEY }}}} {{% x %}}"


def test_the_public_never_reads_a_name(incident):
    assert "commander" not in variables(incident, ["public", "stakeholders"])


@pytest.mark.parametrize("audience", ["public", "stakeholders"])
def test_the_preview_shows_what_each_gets(client, commander, incident, audience):
    client.force_login(commander)
    path = incident.get_absolute_url() + "status-updates/preview/"
    response = client.post(
        path, {"audiences": [audience], "known": "Slow since {{ duration }}", "unknown": "why"}
    )
    assert response.status_code == 200
    assert b"Slow since under 1 min" in response.content
    assert (b"Left out for the public" in response.content) == (audience == "public")
    assert incident.status_updates.count() == 0


def test_what_is_published_is_filled_in(incident, commander):
    update = post_status_update(
        incident=incident,
        by=commander,
        audiences=["public", "stakeholders"],
        known="We are {{ status }} {{ commander }}",
        unknown="why",
        next_update_at=timezone.now() + timedelta(minutes=5),
    )
    assert update.known == "We are Investigating {{ commander }}"
