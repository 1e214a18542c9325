"""What no page offers but somebody sends all the same: an answer in words, never a fault."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from audit import context
from core.text import _kept, render_markdown
from incidents.models import Status


@pytest.fixture
def of(client, commander, incident):
    client.force_login(commander)
    return lambda name, *args: reverse(name, args=[incident.reference, *args])


@pytest.mark.parametrize("address", ["palette?q=%00", "declare/similar?title=a%00b", "incidents/INC-1%00/"])
def test_a_null_character_in_an_address(client, of, address):
    assert client.get(f"/{address}").status_code == 400


def test_a_null_character_in_a_cookie(client, db):
    odd = {"cookie": r'session="\000"'}
    assert client.get("/", headers=odd).status_code == 400


def test_a_null_character_in_a_title(client, of, severity):
    answer = client.post(reverse("declare"), {"title": "a\0b", "severity": severity(2).pk})
    assert "Null characters are not allowed" in str(answer.context["form"].errors["title"])


@pytest.mark.parametrize("number", ["²", "9" * 30, "9" * 5000, "-1", "٣", ""])
def test_numbers_that_are_none(client, of, number):
    assert client.get(of("news"), {"after": number, "stamp": "x"}).status_code in (200, 204)
    assert client.get(of("audit_trail"), {"before": number}).status_code == 200
    assert client.get(of("evidence"), {"event": number}).status_code == 200
    assert client.get(of("timeline"), {"before": f"2026-01-01T00:00:00+00:00_{number}"}).status_code == 200
    assert client.get(reverse("incident_list"), {"page": number}).status_code == 200


@pytest.mark.parametrize("year", ["0001", "1066", "9999"])
def test_a_slip_of_the_year_is_refused_and_kept(client, of, incident, year):
    typed = f"{year}-12-31T23:59:59"
    answer = client.post(of("gap"), {"gap": "missing", "text": "Logs", "occurred_at": typed})
    assert answer.context["form"].errors["occurred_at"] == ["Check the year."]
    assert typed.encode() in answer.content
    promised = client.post(of("status_update"), {"known": "x", "next_update_at": typed})
    assert promised.context["form"].errors["next_update_at"] == ["Check the year."]


@pytest.mark.parametrize("typed", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:00-14:00"])
def test_a_time_that_no_other_zone_can_show_is_refused_and_kept(client, of, incident, typed):
    answer = client.post(of("gap"), {"gap": "missing", "text": "Logs", "occurred_at": typed})
    assert answer.context["form"].errors["occurred_at"] == ["Check the year."]
    assert typed in unescape(answer.text)


def test_a_long_way_back_is_allowed(client, of, incident):
    when = context.now() - timedelta(days=400)
    sent = {"gap": "missing", "text": "Logs", "occurred_at": f"{when:%Y-%m-%dT%H:%M:%S}"}
    assert client.post(of("gap"), sent).status_code == 302


@pytest.mark.parametrize("status", ["", "nowhere", "a\0b"])
def test_a_status_that_is_none(client, of, incident, status):
    answer = client.post(of("status"), {"status": status, "reason": "Because"})
    assert "Choose where it goes." in answer.content.decode()
    incident.refresh_from_db()
    assert incident.status == Status.INVESTIGATING


def test_a_preview_of_endless_text_is_short_and_not_kept(client, commander, incident):
    client.force_login(commander)
    kept = _kept.cache_info().currsize
    typed = {"audiences": ["stakeholders"], "known": "Zephyrquartz " + "x" * 500_000}
    answer = client.post(incident.get_absolute_url() + "status-updates/preview/", typed)
    assert answer.status_code == 200
    assert "Zephyrquartz" in answer.text
    assert len(answer.content) < 20_000
    render_markdown("y" * 50_000)
    assert _kept.cache_info().currsize <= kept + 1
