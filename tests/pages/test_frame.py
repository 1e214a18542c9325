"""Does every page's frame show what runs within one's reach, the most urgent first, and nothing beyond it?"""

from types import SimpleNamespace

from accounts.models import Installation, InstallationRole, User
from incidents.models import Severity
from incidents.workflow import add_person, declare_incident, decline_report, report_problem
from shell.context import ACTIVE_SHOWN, shell


def shown(user) -> list:
    return shell(SimpleNamespace(user=user, htmx=None))["active_incidents"]


def test_private_ones_for_those_on_it_alone(private_incident, commander, responder, admin, stakeholder):
    assert [one.title for one in shown(commander)] == [private_incident.title]
    for other in (responder, admin, stakeholder):
        assert shown(other) == []
    add_person(incident=private_incident, user=responder, by=commander)
    assert [one.pk for one in shown(responder)] == [private_incident.pk]
    trusted = User.objects.create_user(
        "trusted@example.test", name="T", installation_role=InstallationRole.ADMINISTRATOR
    )
    User.objects.filter(pk=trusted.pk).update(sees_private_incidents=True)
    trusted.refresh_from_db()
    assert [one.pk for one in shown(trusted)] == [private_incident.pk]


def test_most_urgent_first_with_what_they_are(incident, commander, admin):
    worst = declare_incident(by=commander, title="Nothing works", severity=Severity.objects.get(rank=1))
    suspected = report_problem(by=commander, title="Looks odd")
    first, second = shown(admin)
    assert (first.title, first.url, first.severity, first.rank) == (
        "Nothing works", worst.get_absolute_url(), "SEV1", 1,
    )  # fmt: skip
    assert (first.status, first.status_words) == (worst.status, worst.get_status_display())
    assert second.pk == incident.pk
    decline_report(incident=suspected, by=admin, reason="Nothing there.")


def test_as_many_as_fit_in_one_query(commander, severity, client, django_assert_num_queries):
    for number in range(ACTIVE_SHOWN + 3):
        declare_incident(by=commander, title=f"Number {number}", severity=severity(2))
    shown(commander)
    with django_assert_num_queries(1):
        assert len(shown(commander)) == ACTIVE_SHOWN


def test_the_organisation_by_its_name(commander):
    Installation.objects.update_or_create(pk=1, defaults={"name": "Fernhill"})
    values = shell(SimpleNamespace(user=commander, htmx=None))
    assert (values["installation"].name, values["unread_count"], values["my_open_count"]) == (
        "Fernhill",
        0,
        0,
    )


def test_the_duty_contact_stays_when_home_is_refreshed(client, commander, incident):
    Installation.objects.update_or_create(pk=1, defaults={"duty_contact": "extension 142"})
    client.force_login(commander)
    assert "extension 142" in client.get("/").content.decode()
    assert "extension 142" in client.get("/", headers={"HX-Request": "true"}).content.decode()
