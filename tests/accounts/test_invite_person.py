"""Inviting: one link by mail and on the page, one answer, taken back or renewed at will."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation, Team, User
from accounts.workflow import invite_person, renew_invitation, revoke_invitation
from audit.models import AuditEntry
from notifications.models import Delivery

ANSWER = {"name": "Kim Example", "password": "correct horse battery", "time_zone": "Asia/Tokyo"}


@pytest.fixture
def team(db) -> Team:
    return Team.objects.create(name="Payments", slug="payments")


@pytest.fixture
def invited(admin, team):
    """(invitation, path of its link)"""
    invitation, link = invite_person(
        by=admin, email="kim@example.test", installation_role="stakeholder", teams=[team]
    )
    return invitation, link[link.index("/invitation/") :]


def test_shows_the_link_once_and_mails_it(client, admin, team):
    client.force_login(admin)
    page = client.post(
        reverse("invitation_new"),
        {"email": "kim@example.test", "installation_role": "responder", "teams": [team.pk]},
    ).content.decode()
    invitation = Invitation.objects.get()
    mail = Delivery.objects.get()
    assert mail.address == "kim@example.test"
    link = next(line for line in mail.content["text"].splitlines() if "/invitation/" in line)
    assert link in page
    assert invitation.token_hash not in page
    assert link not in client.get(reverse("settings_people")).content.decode()


def test_answering_makes_the_person(client, invited, team):
    _invitation, path = invited
    assert "Admin Example invites kim@example.test" in client.get(path).content.decode()
    assert client.post(path, ANSWER).url == reverse("home")
    kim = User.objects.get(email="kim@example.test")
    assert (kim.installation_role, kim.time_zone, list(kim.teams.all())) == (
        "stakeholder",
        "Asia/Tokyo",
        [team],
    )
    assert client.session["_auth_user_id"] == str(kim.pk)
    assert AuditEntry.objects.of("installation").last().action == "person.added"


def test_works_once(client, invited):
    client.post(invited[1], ANSWER)
    client.logout()
    assert client.post(invited[1], ANSWER | {"name": "Somebody else"}).status_code == 410
    assert User.objects.filter(email="kim@example.test").count() == 1


def test_ends_after_a_week(client, invited):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(invited[1]).status_code == 410


def test_taken_back_it_no_longer_works(client, admin, invited):
    revoke_invitation(by=admin, invitation=invited[0])
    assert client.get(invited[1]).status_code == 410
    with pytest.raises(ValidationError):
        renew_invitation(by=admin, invitation=invited[0])


def test_renewed_the_old_link_is_dead(client, admin, invited):
    link = renew_invitation(by=admin, invitation=invited[0])
    assert client.get(invited[1]).status_code == 410
    assert client.get(link[link.index("/invitation/") :]).status_code == 200
    assert Delivery.objects.count() == 2


@pytest.mark.parametrize("password", ["short", "qwerty123456", "kim@example.test"])
def test_a_weak_password_is_refused_and_the_link_stays_open(client, invited, password):
    response = client.post(invited[1], ANSWER | {"password": password})
    assert response.status_code == 200
    assert not User.objects.filter(email="kim@example.test").exists()
    assert client.post(invited[1], ANSWER).status_code == 302


@pytest.mark.parametrize("email", ["Admin@example.test", "KIM@example.test"])
def test_nobody_is_invited_twice(client, admin, invited, email):
    client.force_login(admin)
    response = client.post(reverse("invitation_new"), {"email": email, "installation_role": "responder"})
    assert response.status_code == 200
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize("who", ["responder", "stakeholder"])
def test_only_administrators_invite(request, who, invited):
    person = request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        invite_person(by=person, email="x@example.test", installation_role="administrator")
    with pytest.raises(PermissionDenied):
        renew_invitation(by=person, invitation=invited[0])
    with pytest.raises(PermissionDenied):
        revoke_invitation(by=person, invitation=invited[0])
