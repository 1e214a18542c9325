"""Does impact show its four dimensions, its formulas and, from four answers on, how people are?"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEntry
from incidents.models import Service
from incidents.workflow import set_service_impact
from retros.models import Ballot, ImpactStatement
from retros.workflow import state_users, write_impact


@pytest.fixture
def affected(over, commander, began):
    services = [Service.objects.create(name=name, slug=name) for name in ("pay", "search")]
    for service in services:
        set_service_impact(incident=over, service=service, impact="degraded", by=commander, at=began)
        row = over.affected_services.get(service=service)
        row.ended_at = began + timedelta(minutes=40)
        row.save()
    return services


@pytest.fixture
def ask(client, commander, retrospective):
    client.force_login(commander)
    return lambda: client.get(reverse("retro_impact", args=[retrospective.pk])).content.decode()


def test_union_and_user_minutes_with_their_formula(ask, affected, retrospective, commander):
    text = ask()
    assert "40 min" in text
    assert "Without pay, search, whose users nobody has stated" in text
    state_users(
        retrospective=retrospective, by=commander, service=affected[0], users=12_000, share=Decimal("2.5")
    )
    text = ask()
    assert "12,000" in text
    assert "Σ share × users × minutes. Without search" in text
    state_users(retrospective=retrospective, by=commander, service=affected[0], users=None, share=None)
    assert "12,000" not in ask()


def test_users_of_what_was_not_affected_are_refused(affected, retrospective, commander):
    other = Service.objects.create(name="other", slug="other")
    for facts in (
        {"service": other, "users": 1, "share": Decimal(1)},
        {"service": affected[0], "users": 1, "share": None},
    ):
        with pytest.raises(ValidationError):
            state_users(retrospective=retrospective, by=commander, **facts)


def test_a_dimension_by_its_form(client, ask, retrospective):
    address = reverse("retro_dimension", args=[retrospective.pk, "technical"])
    ask()
    data = {
        "text": "Two shards unbalanced",
        "numbers": "Failed jobs: 1,240\nLost: 3%",
        "debt": "Pool is hard-coded",
        "version": 0,
    }
    assert client.post(address, data).status_code == 302
    text = ask()
    for words in ("Two shards unbalanced", "Failed jobs", "1,240", "3%", "Pool is hard-coded"):
        assert words in text
    stale = client.post(address, data | {"text": "Mine"})
    assert stale.status_code == 409
    assert b"Two shards unbalanced" in stale.content
    assert client.post(address, data | {"numbers": "many", "version": 1}).status_code == 200
    assert ImpactStatement.objects.get().text == "Two shards unbalanced"


def test_looked_at_and_not_affected(ask, retrospective, commander):
    write_impact(retrospective=retrospective, by=commander, dimension="business", not_affected=True)
    assert "Looked at, and not affected." in ask()
    with pytest.raises(ValidationError, match="Keep one"):
        write_impact(
            retrospective=retrospective, by=commander, dimension="business", not_affected=True, text="x"
        )


def test_the_pulse_is_shown_once_it_is_closed_and_names_nobody(client, ask, retrospective, commander):
    people = [User.objects.create_user(f"p{n}@example.test", name=f"P{n}") for n in range(4)]
    address = reverse("retro_pulse", args=[retrospective.pk])
    before = AuditEntry.objects.count()
    for count, person in enumerate(people):
        assert "median" not in ask()
        client.force_login(person)
        assert client.post(address, {"score": 1 + count}).status_code == 302
        assert client.post(address, {"score": 5}).status_code == 200  # said already
        assert "You have answered" in ask()
    assert (Ballot.objects.count(), AuditEntry.objects.count()) == (4, before)
    assert "median" not in ask()
    client.force_login(commander)
    client.post(reverse("question_closing", args=[retrospective.pk]), {"question": "pulse"})
    assert "median 2.5, 4 answers" in ask()


def test_odd_addresses(client, ask, retrospective):
    ask()
    assert client.get(reverse("retro_dimension", args=[retrospective.pk, "weather"])).status_code == 404
    assert client.get(reverse("retro_users", args=[retrospective.pk, 999_999])).status_code == 404
