"""Does the page of settings keep what it asks?"""

from django.urls import reverse

from retros.models import RetrospectiveSettings


def test_every_answer_is_kept(client, admin):
    client.force_login(admin)
    said = {
        "framing": "Nobody is blamed.",
        "soak_days": 3,
        "reading_hours": 12,
        "waivers_need_second_person": "on",
    }
    assert client.post(reverse("retrospective_settings"), said).status_code == 302
    kept = RetrospectiveSettings.get()
    assert (kept.framing, kept.soak_days, kept.reading_hours) == ("Nobody is blamed.", 3, 12)
    assert kept.waivers_need_second_person
    assert not kept.hides_dots
