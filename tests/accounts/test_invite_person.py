"""Inviting: one link by mail and on the page, one answer, taken back or renewed at will."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation, Team, User
from accounts.workflow import invite_people, renew_invitation, revoke_invitation
from audit.models import AuditEntry
from notifications.models import Delivery

ANSWER = {"name": "Kim Example", "password": "correct horse battery", "time_zone": "Asia/Tokyo"}


@pytest.fixture
def team(db) -> Team:
    return Team.objects.create(name="Payments", slug="payments")


@pytest.fixture
def invited(admin, team):
    """(invitation, path of its link)"""
    invited, _refused = invite_people(
        by=admin, emails=["kim@example.test"], installation_role="stakeholder", teams=[team]
    )
    invitation, link = invited[0]
    return invitation, link[link.index("/invitation/") :]


def test_shows_the_link_once_and_mails_it(client, admin, team):
    client.force_login(admin)
    page = client.post(
        reverse("invitation_new"),
        {"emails": "kim@example.test", "installation_role": "responder", "teams": [team.pk]},
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
    response = client.post(reverse("invitation_new"), {"emails": email, "installation_role": "responder"})
    assert response.status_code == 200
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize("who", ["responder", "stakeholder"])
def test_only_administrators_invite(request, who, invited):
    person = request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        invite_people(by=person, emails=["x@example.test"], installation_role="administrator")
    with pytest.raises(PermissionDenied):
        renew_invitation(by=person, invitation=invited[0])
    with pytest.raises(PermissionDenied):
        revoke_invitation(by=person, invitation=invited[0])


def test_several_addresses_at_once(client, admin):
    client.force_login(admin)
    typed = "kim@example.test, Mira Novak <mira@example.test>\njo@example.test"
    page = client.post(reverse("invitation_new"), {"emails": typed, "installation_role": "responder"})
    emails = set(Invitation.objects.values_list("email", flat=True))
    assert emails == {"kim@example.test", "mira@example.test", "jo@example.test"}
    assert page.content.decode().count("/invitation/") == 3


def test_a_bad_address_is_named_and_the_others_can_still_be_sent(client, admin):
    client.force_login(admin)
    typed = {"emails": "kim@example.test\njonas@fernhill", "installation_role": "responder"}
    page = client.post(reverse("invitation_new"), typed).content.decode()
    assert "“jonas@fernhill” is not a complete e-mail address" in page
    assert "Send the other 1" in page
    assert not Invitation.objects.exists()
    client.post(reverse("invitation_new"), typed | {"skip_bad": "yes"})
    assert [i.email for i in Invitation.objects.all()] == ["kim@example.test"]


def test_one_who_is_here_already_holds_up_nobody(client, admin):
    client.force_login(admin)
    typed = {"emails": f"{admin.email}, kim@example.test", "installation_role": "responder"}
    page = client.post(reverse("invitation_new"), typed).content.decode()
    assert f"{admin.email}</b> was not invited" in page
    assert Invitation.objects.get().email == "kim@example.test"


def test_without_a_mail_server_the_page_says_that_nothing_is_sent(client, admin, settings):
    client.force_login(admin)
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    typed = {"emails": "kim@example.test", "installation_role": "responder"}
    page = client.post(reverse("invitation_new"), typed).content.decode()
    assert "nothing is sent" in page
    assert "by e-mail" not in page
    assert "/invitation/" in page
