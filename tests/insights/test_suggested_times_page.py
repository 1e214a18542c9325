"""Does the page list the suggestions, and do its two buttons work without JavaScript?"""

import pytest
from django.urls import reverse

from tests.insights.test_accept_suggested_times import FIXED, old

pytestmark = pytest.mark.django_db
PAGE = "/insights/missing-times/"
__all__ = ["old"]


def shown(client, user) -> str:
    client.force_login(user)
    return client.get(PAGE).content.decode()


def test_it_shows_the_incident_the_time_and_the_words(client, responder, old):
    incident = old(title="Checkout <b>fails</b>")
    html = shown(client, responder)
    assert incident.reference in html
    assert "Checkout &lt;b&gt;fails&lt;/b&gt;" in html
    assert f'<q class="block muted">{FIXED.rstrip(".")}</q>' in html
    assert "Accept all 2" in html
    assert html.count('name="row"') == 2
    assert "UTC)" in html


def test_accept_selected_stores_the_ticked_rows_only(client, responder, old):
    first, second = old(), old()
    client.force_login(responder)
    keys = [row.key for row in client.get(PAGE).context["rows"]]
    chosen = [key for key in keys if key.startswith(f"{first.pk}:mitigated_at")]
    answer = client.post(PAGE, {"selected": "yes", "row": chosen}, follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "1 time was accepted. 3 left on this list." in answer.content.decode()
    assert "Time to mitigate: 0 of 2 before, 1 of 2 now." in answer.content.decode()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.mitigated_at is None, second.mitigated_at is None) == (False, True)


def test_accept_all_and_nothing_is_left(client, responder, old):
    old()
    client.force_login(responder)
    html = client.post(PAGE, {"all": "yes"}, follow=True).content.decode()
    assert "2 times were accepted. 0 left on this list." in html
    assert "No suggestions" in html


def test_nothing_ticked_says_so(client, responder, old):
    old()
    client.force_login(responder)
    answer = client.post(PAGE, {"selected": "yes", "row": ["1:mitigated_at:5", "x"]}, follow=True)
    assert "No time was accepted." in answer.content.decode()


def test_older_incidents_follow_from_a_number(client, responder, old):
    first, second = old(), old()
    client.force_login(responder)
    html = client.get(f"{PAGE}?before={second.number}").content.decode()
    assert first.reference in html
    assert second.reference not in html
    assert client.get(f"{PAGE}?before=x").status_code == 200


def test_stakeholders_see_neither_the_page_nor_the_link(client, stakeholder, responder, old):
    old()
    link = f'href="{reverse("insights_missing_times")}"'
    over_time = "/insights/over-time/?period=all&metric=time_to_mitigate"
    client.force_login(stakeholder)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"all": "yes"}).status_code == 403
    assert link not in client.get(over_time).content.decode()
    client.force_login(responder)
    assert link in client.get(over_time).content.decode()


def test_the_source_is_shown_where_the_times_are(client, responder, old):
    incident = old()
    client.force_login(responder)
    client.post(PAGE, {"all": "yes"})
    words = FIXED.rstrip(".")
    times = client.get(f"/incidents/{incident.reference}/milestones/").content.decode()
    assert f"Estimated from the status update “{words}”" in times
    page = client.get(f"/incidents/{incident.reference}/").content.decode()
    assert f"estimated from the status update “{words}”" in page
