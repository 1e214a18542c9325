"""Teams: added, renamed, deleted while nothing belongs to them."""

import pytest
from django.urls import reverse

from accounts.models import Team
from accounts.workflow import add_team, delete_team
from incidents.models import Service


@pytest.fixture
def team(admin) -> Team:
    return add_team(by=admin, name="Payments")


def test_add_and_rename(client, admin, team):
    client.force_login(admin)
    client.post(reverse("teams"), {"name": "Platform"})
    client.post(reverse("team", args=[team.pk]), {"name": "Money"})
    assert set(Team.objects.values_list("name", flat=True)) == {"Money", "Platform"}


def test_a_name_is_taken_once(client, admin, team):
    client.force_login(admin)
    page = client.post(reverse("teams"), {"name": "Payments"}).content.decode()
    assert "already exists" in page
    assert Team.objects.count() == 1


def test_a_team_that_owns_a_service_stays(client, admin, team):
    Service.objects.create(name="payments-api", slug="payments-api", owner_team=team)
    client.force_login(admin)
    page = client.post(reverse("team_deletion", args=[team.pk]), follow=True).content.decode()
    assert "owns payments-api" in page
    assert Team.objects.exists()


def test_an_empty_team_goes(admin, team):
    delete_team(by=admin, team=team)
    assert not Team.objects.exists()


def test_members_are_added_and_removed_on_the_page_of_the_team(client, admin, team, responder, commander):
    client.force_login(admin)
    here = reverse("team", args=[team.pk])
    assert responder.name in client.get(here).content.decode()
    client.post(reverse("team_members", args=[team.pk]), {"people": [responder.pk, commander.pk]})
    assert set(team.members.all()) == {responder, commander}
    client.post(reverse("team_member_removal", args=[team.pk, commander.pk]))
    assert list(team.members.all()) == [responder]
