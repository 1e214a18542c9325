"""Who may do what: changed by administrators, never down to none of them, and at once."""

import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse

from accounts.models import InstallationRole, Team, User
from accounts.workflow import activate_person, add_service_account, change_person, deactivate_person
from audit.models import AuditEntry


def change(by, person, role="responder", private=False, teams=()):
    return change_person(
        by=by, person=person, installation_role=role, sees_private_incidents=private, teams=teams
    )


def test_role_teams_and_policy(client, admin, responder):
    team = Team.objects.create(name="Payments", slug="payments")
    client.force_login(admin)
    values = {"installation_role": "administrator", "teams": [team.pk], "sees_private_incidents": "on"}
    assert client.post(reverse("person", args=[responder.pk]), values).url == reverse("settings_people")
    responder.refresh_from_db()
    assert responder.is_administrator
    assert responder.sees_private_incidents
    assert list(responder.teams.all()) == [team]
    assert AuditEntry.objects.of("installation").last().changes == {
        "installation_role": ["responder", "administrator"],
        "sees_private_incidents": [False, True],
        "teams": [[], ["Payments"]],
    }


def test_nothing_changed_is_nothing_recorded(admin, responder):
    change(admin, responder)
    assert not AuditEntry.objects.of("installation").filter(action="person.changed").exists()


def test_the_last_administrator_stays_one(client, admin):
    client.force_login(admin)
    page = client.post(reverse("person", args=[admin.pk]), {"installation_role": "responder"})
    assert "only administrator" in page.content.decode()
    client.post(reverse("person_deactivation", args=[admin.pk]))
    admin.refresh_from_db()
    assert admin.is_administrator


def test_a_service_account_is_no_other_administrator(admin):
    account = add_service_account(by=admin, name="Configuration", installation_role="administrator")
    for verb in (change, deactivate_person):
        with pytest.raises(ValidationError, match="only administrator"):
            verb(by=admin, person=admin)
    deactivate_person(by=admin, person=account)


def test_a_deactivated_administrator_does_not_count(admin, responder):
    change(admin, responder, role="administrator")
    deactivate_person(by=admin, person=responder)
    with pytest.raises(ValidationError):
        change(admin, admin)


def test_deactivating_ends_the_sessions_at_once(client, admin, responder):
    client.force_login(responder)
    assert client.get(reverse("profile")).status_code == 200
    deactivate_person(by=admin, person=responder)
    assert client.get(reverse("profile")).url.startswith(reverse("account_login"))


def test_activating_lets_in_again(admin, responder):
    deactivate_person(by=admin, person=responder)
    activate_person(by=admin, person=responder)
    responder.refresh_from_db()
    assert responder.is_active
    actions = list(AuditEntry.objects.of("installation").values_list("action", flat=True))[-2:]
    assert actions == ["person.deactivated", "person.activated"]


@pytest.mark.parametrize("verb", [change, deactivate_person, activate_person])
def test_only_administrators(commander, responder, verb):
    with pytest.raises(PermissionDenied):
        verb(by=commander, person=responder)


def test_lists_without_a_query_per_person(client, admin, django_assert_max_num_queries):
    team = Team.objects.create(name="Payments", slug="payments")
    for n in range(20):
        User.objects.create_user(f"person{n}@example.test", name=f"Person {n}").teams.add(team)
    client.force_login(admin)
    client.get(reverse("settings_people"))
    with django_assert_max_num_queries(8):
        assert client.get(reverse("settings_people")).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_remove_each_other_at_the_same_time():
    one, two = (
        User.objects.create_user(
            f"{name}@example.test", name=name, installation_role=InstallationRole.ADMINISTRATOR
        )
        for name in ("one", "two")
    )
    start = threading.Barrier(2)
    refused = []

    def demote(by, person):
        start.wait()
        try:
            change(by, person)
        except (ValidationError, PermissionDenied):
            refused.append(person)
        finally:
            connection.close()

    threads = [threading.Thread(target=demote, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert User.objects.administrators().count() == 1
