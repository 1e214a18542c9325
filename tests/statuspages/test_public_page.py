"""What does the public read of an incident, and on which page?"""

from datetime import timedelta
from functools import partial

import time_machine
from django.utils import timezone

from incidents.models import Incident, Severity
from incidents.workflow import (
    approve_status_update,
    change_visibility,
    declare_incident,
    set_service_impact,
    withdraw_status_update,
)
from statuspages.workflow import keep_page


def get(client, path="", slug="shop"):
    return client.get(f"/status/{slug}/{path}")


def test_nothing_is_published_by_declaring(client, shop, broken):
    html = get(client).text
    assert "All systems are working" in html
    assert "pool" not in html
    assert "None in the last 15 days." in html


def test_a_public_update_shows_the_incident_and_its_component(client, shop, broken, tell):
    words = {
        "known": "Some cards fail.",
        "unknown": "Why.",
        "doing": "Looking.",
        "workaround": "Pay by invoice.",
    }
    tell(broken, "", wordings={"public": words}, next_update_at=timezone.now() + timedelta(minutes=20))
    html = get(client).text
    assert "Payments has a partial outage" in html
    for shown in (*words.values(), "Card payments fail", "Investigating", "Next update by"):
        assert shown in html
    for hidden in (
        "Inside words",
        "Secret pool",
        "payments-api-internal",
        "SEV2",
        "Commander Example",
        "INC-",
    ):
        assert hidden not in html


def test_it_is_only_on_pages_with_its_service(client, shop, make_page, search, broken, tell):
    make_page("other", services={"Search": search})
    tell(broken, "Some cards fail.")
    assert "Some cards fail." in get(client).text
    assert "Some cards fail." not in get(client, slug="other").text


def test_what_names_no_service_is_on_the_default_page(
    client, shop, make_page, payments, commander, severity, tell
):
    make_page("other", services={"Payments": payments})
    vague = declare_incident(by=commander, title="x", severity=severity(3))
    tell(vague, "Something is odd.", title="Odd answers")
    html = get(client).text
    assert "We are looking into a problem" in html
    assert "Something is odd." in html
    assert "Something is odd." not in get(client, slug="other").text


def test_words_not_written_for_the_public_stay_inside(client, shop, broken, tell):
    tell(broken, "x", audiences=["stakeholders"], wordings={}, public_title="")
    assert "Inside words" not in get(client).text
    assert "All systems are working" in get(client).text


def test_an_update_waits_until_it_can_no_longer_be_taken_back(client, shop, broken, tell):
    tell(
        broken,
        "Too early.",
        published_at=None,
        unknown="x",
        next_update_at=timezone.now() + timedelta(hours=1),
    )
    assert "Too early." not in get(client).text


def test_a_correction_shows_both(client, shop, broken, tell):
    wrong = tell(broken, "All cards fail.", ago=timedelta(minutes=5))
    tell(broken, "One card in ten fails.", corrects=wrong, correction_reason="Inside reason")
    html = get(client).text
    assert "<del><p>All cards fail.</p>" in html
    assert "One card in ten fails." in html
    assert "Correction" in html
    assert "Inside reason" not in html


def test_private_afterwards_is_gone(client, shop, broken, tell, commander):
    tell(broken, "Some cards fail.")
    assert "Some cards fail." in get(client).text
    change_visibility(incident=broken, is_private=True, by=commander)
    assert "Some cards fail." not in get(client).text
    assert "All systems are working" in get(client).text


def test_a_drill_is_on_no_page(client, shop, broken, tell):
    tell(broken, "Some cards fail.")
    Incident.objects.filter(pk=broken.pk).update(is_drill=True)
    assert "Some cards fail." not in get(client).text


def test_resolved_is_past_and_its_page_stays(client, shop, broken, tell, commander, payments):
    tell(broken, "Some cards fail.", ago=timedelta(minutes=30))
    set_service_impact(incident=broken, service=payments, impact=None, by=commander)
    tell(broken, "It is over.", status="resolved")
    html = get(client).text
    assert "All systems are working" in html
    code = shop.code("incident", broken.pk)
    assert f'href="incidents/{code}"' in html
    assert "It is over." in get(client, f"incidents/{code}").text
    assert "Card payments fail" in get(client, "history").text


def test_history_by_month(client, shop, broken, tell):
    tell(broken, "Long ago.", ago=timedelta(days=800))
    at = (timezone.now() - timedelta(days=800)).astimezone(shop.zone)
    assert f"{at:%B %Y}" in get(client, "history").text
    assert "Card payments fail" in get(client, f"history/{at:%Y-%m}").text
    assert get(client, "history/1999-01").status_code == 404


def test_drafts_and_internal_pages_do_not_exist_outside(client, shop, internal_page, admin):
    assert get(client, slug="inside").status_code == 404
    shop.is_published = False
    keep_page(by=admin, page=shop)
    for path in ("", "history", "api/v2/summary.json", "history.atom", "calendar.ics", "subscribe"):
        assert get(client, path).status_code == 404


def test_a_visit_leaves_no_trace(client, shop, commander):
    """No cookie, nothing that differs by who asks: any cache may keep the answer."""
    client.force_login(commander)
    response = get(client)
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_an_address_without_its_slash_leads_on(client, shop):
    assert client.get("/status/shop").url == "/status/shop/"
    assert client.get("/status/nothing/").status_code == 404
    assert "There is nothing at this address" in client.get("/status/shop/nonsense").text


def test_the_internal_page_shows_what_stakeholders_read(client, internal_page, broken, tell, stakeholder):
    tell(broken, "For the public")
    client.force_login(stakeholder)
    html = client.get("/status-pages/inside/shown/").text
    assert "Inside words" in html
    assert "Secret pool of payments-api" in html
    client.logout()
    assert client.get("/status-pages/inside/shown/").status_code == 302


def test_a_private_incident_is_on_no_internal_page_either(client, internal_page, broken, tell, commander):
    tell(broken, "For the public")
    change_visibility(incident=broken, is_private=True, by=commander)
    client.force_login(commander)
    assert "Secret pool" not in client.get("/status-pages/inside/shown/").text


def _retold(tell, incident, title: str):
    """Another update under another name, which nobody has seen leave yet."""
    soon = timezone.now() + timedelta(hours=1)
    return tell(incident, "More.", title=title, published_at=None, unknown="x", next_update_at=soon)


def test_another_name_waits_with_the_update_that_brings_it(client, shop, broken, tell):
    tell(broken, "Some cards fail.")
    update = _retold(tell, broken, "Zephyrquartz fails")
    assert "Card payments fail" in get(client).text
    assert "Zephyrquartz" not in get(client).text
    with time_machine.travel(update.leaves_at):
        assert "Zephyrquartz fails" in get(client).text


def test_a_name_taken_back_is_never_read(client, shop, broken, tell, commander):
    tell(broken, "Some cards fail.")
    update = _retold(tell, broken, "Zephyrquartz fails")
    withdraw_status_update(update=update, by=commander)
    with time_machine.travel(update.leaves_at + timedelta(minutes=1)):
        assert "Zephyrquartz" not in get(client).text
        assert "Card payments fail" in get(client).text
    broken.refresh_from_db()
    assert broken.public_title == "Card payments fail"


def test_a_name_waits_for_approval_with_its_update(client, shop, broken, tell, commander, responder):
    tell(broken, "Some cards fail.")
    Severity.objects.filter(pk=broken.severity_id).update(approves_updates=True)
    broken.refresh_from_db()
    update = _retold(partial(tell, by=responder), broken, "Zephyrquartz fails")
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert "Zephyrquartz" not in get(client).text
        update = approve_status_update(update=update, by=commander)
    with time_machine.travel(update.leaves_at):
        assert "Zephyrquartz fails" in get(client).text


def test_a_name_is_one_line(broken, tell):
    assert tell(broken, "x", title=" Card\r\npayments  fail ").public_title == "Card payments fail"
