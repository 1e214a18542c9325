"""Editing the catalogue: by administrators, in pages, every change in the audit trail, nothing in use removed."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.models import Team
from audit.models import AuditEntry
from incidents.forms.catalogue import SeverityForm
from incidents.models import (
    ChecklistTemplate,
    IncidentType,
    LinkTemplate,
    Role,
    Service,
    Severity,
)
from incidents.workflow import set_service_impact
from incidents.workflow.catalogue import define_severity, keep_in_catalogue, remove_from_catalogue


@pytest.fixture
def at_the_desk(client, admin):
    client.force_login(admin)
    return client


@pytest.fixture
def service(admin) -> Service:
    return keep_in_catalogue(by=admin, entry=Service(name="payments-api"))


def last_entry() -> AuditEntry:
    return AuditEntry.objects.of("installation").last()


def form_of(severity: Severity, **changes) -> dict:
    """What the severity's form sends back when nothing is changed."""
    values = {
        "rank": severity.rank,
        "name": severity.name,
        "criteria": severity.criteria,
        "acknowledge_minutes": severity.acknowledge_minutes or "",
        "mitigate_minutes": severity.mitigate_minutes or "",
        "retrospective": severity.retrospective,
        "retrospective_due_days": severity.retrospective_due_days or "",
    }
    for name in ("when_unsure", "public_if_seen", "approves_updates"):
        values[name] = "on" if getattr(severity, name) else ""
    for cadence in severity.cadences.all():
        for field in ("first", "investigating", "fixing", "mitigated"):
            values[f"{cadence.audience}_{field}_minutes"] = getattr(cadence, f"{field}_minutes") or ""
    return values | changes


NEW = {
    "roles": (Role, {"name": "Translator", "brief": "You put it plainly.", "order": 50}),
    "services": (Service, {"name": "checkout", "tier": 1}),
    "types": (IncidentType, {"name": "Weather"}),
    "checklists": (
        ChecklistTemplate,
        {"title": "Tell the front desk", "kind": "task", "status": "investigating", "order": 100},
    ),
    "links": (
        LinkTemplate,
        {"label": "Bridge", "kind": "bridge", "url_template": "https://meet.example.test/{reference}"},
    ),
}


@pytest.mark.parametrize("kind", NEW)
def test_add_change_delete(at_the_desk, kind):
    model, values = NEW[kind]
    before = model.objects.count()
    assert at_the_desk.post(reverse("catalogue_add", args=[kind]), values).status_code == 302
    entry = model.objects.order_by("-pk").first()
    assert last_entry().action.endswith(".added")
    name = next(iter(values))
    changed = values | {name: f"{values[name]} two"}
    assert at_the_desk.post(reverse("catalogue_entry", args=[kind, entry.pk]), changed).status_code == 302
    assert last_entry().changes == {name: [values[name], f"{values[name]} two"]}
    at_the_desk.post(reverse("catalogue_deletion", args=[kind, entry.pk]))
    assert model.objects.count() == before
    assert last_entry().action.endswith(".deleted")


@pytest.mark.parametrize("kind", ["severities", *NEW])
def test_everybody_reads_and_only_administrators_see_the_buttons(client, stakeholder, kind):
    client.force_login(stakeholder)
    page = client.get(reverse("catalogue_list", args=[kind])).content.decode()
    assert reverse("catalogue_add", args=[kind]) not in page
    assert client.get(reverse("catalogue_add", args=[kind])).status_code == 403


def test_verbs_refuse_others(responder, service):
    with pytest.raises(PermissionDenied):
        keep_in_catalogue(by=responder, entry=Service(name="x"))
    with pytest.raises(PermissionDenied):
        remove_from_catalogue(by=responder, entry=service)
    with pytest.raises(PermissionDenied):
        define_severity(by=responder, entry=Severity.objects.first(), cadences={})


def test_unknown_kind_is_not_there(at_the_desk):
    assert at_the_desk.get(reverse("catalogue_list", args=["nonsense"])).status_code == 404


# -- severities ---------------------------------------------------------------------------------------------


def test_a_severity_with_its_cadences_in_one_form(at_the_desk, severity):
    values = form_of(
        severity(3),
        criteria="One shop is slow.",
        public_investigating_minutes=45,
        executives_first_minutes=120,
    )
    url = reverse("catalogue_entry", args=["severities", severity(3).pk])
    assert at_the_desk.post(url, values).status_code == 302
    changed = severity(3)
    assert changed.criteria == "One shop is slow."
    assert changed.cadence_for("public").minutes_in("investigating") == 45
    assert changed.cadence_for("executives").first_minutes == 120
    assert set(last_entry().changes) == {"criteria", "cadence public", "cadence executives"}


def test_nothing_changed_is_nothing_recorded(at_the_desk, severity):
    before = last_entry()
    url = reverse("catalogue_entry", args=["severities", severity(1).pk])
    assert at_the_desk.post(url, form_of(severity(1))).status_code == 302
    assert last_entry() == before


def test_only_one_is_taken_when_nobody_is_sure(at_the_desk, severity):
    url = reverse("catalogue_entry", args=["severities", severity(1).pk])
    at_the_desk.post(url, form_of(severity(1), when_unsure="on"))
    assert [s.rank for s in Severity.objects.filter(when_unsure=True)] == [1]


def test_one_stays_taken_when_nobody_is_sure(at_the_desk, severity):
    url = reverse("catalogue_entry", args=["severities", severity(2).pk])
    page = at_the_desk.post(url, form_of(severity(2), when_unsure="")).content.decode()
    assert "Choose another one for it first" in page
    assert severity(2).when_unsure


@pytest.mark.parametrize("minutes", ["0", "-5", "soon", "99999"])
def test_minutes_that_make_no_sense_are_refused(at_the_desk, severity, minutes):
    url = reverse("catalogue_entry", args=["severities", severity(1).pk])
    response = at_the_desk.post(url, form_of(severity(1), public_first_minutes=minutes))
    assert response.status_code == 200
    assert severity(1).cadence_for("public").first_minutes == 5


# -- services -----------------------------------------------------------------------------------------------


def test_owner_and_dependencies(at_the_desk, service):
    team = Team.objects.create(name="Payments", slug="payments")
    other = Service.objects.create(name="orders-db", slug="orders-db")
    values = {"name": "payments-api", "tier": 0, "owner_team": team.pk, "depends_on": [other.pk]}
    at_the_desk.post(reverse("catalogue_entry", args=["services", service.pk]), values)
    service.refresh_from_db()
    assert (service.owner_team, list(service.depends_on.all())) == (team, [other])
    assert last_entry().changes["depends_on"] == [[], ["orders-db"]]


def test_a_circle_of_dependencies_is_allowed(admin, service):
    other = keep_in_catalogue(by=admin, entry=Service(name="orders-db"), depends_on=[service])
    keep_in_catalogue(by=admin, entry=service, depends_on=[other])
    assert list(service.depends_on.all()) == [other]


def test_a_service_does_not_depend_on_itself(admin, service):
    with pytest.raises(ValidationError, match="cannot depend on itself"):
        keep_in_catalogue(by=admin, entry=service, depends_on=[service])
    assert not service.depends_on.exists()


def test_a_service_in_use_is_archived_not_deleted(at_the_desk, admin, commander, incident, service):
    set_service_impact(incident=incident, by=commander, service=service, impact="degraded")
    url = reverse("catalogue_deletion", args=["services", service.pk])
    page = at_the_desk.post(url, follow=True).content.decode()
    assert "payments-api is used by 1 affected service" in page
    at_the_desk.post(
        reverse("catalogue_entry", args=["services", service.pk]),
        {"name": "payments-api", "tier": 2, "is_archived": "on"},
    )
    assert not Service.objects.in_use().exists()
    assert Service.objects.exists()


def test_saving_keeps_a_dependency_that_was_archived(at_the_desk, admin, service):
    old = keep_in_catalogue(by=admin, entry=Service(name="old-db", is_archived=True))
    keep_in_catalogue(by=admin, entry=service, depends_on=[old])
    url = reverse("catalogue_entry", args=["services", service.pk])
    assert "old-db" in at_the_desk.get(url).content.decode()
    at_the_desk.post(url, {"name": "payments-api", "tier": 1, "depends_on": [old.pk]})
    assert list(service.depends_on.all()) == [old]


def test_two_names_with_one_slug(admin, service):
    assert keep_in_catalogue(by=admin, entry=Service(name="Payments API")).slug == "payments-api-2"


# -- what the rules speak of ---------------------------------------------------------------------------------


def test_the_commander_cannot_be_deleted(admin):
    with pytest.raises(ValidationError, match="built-in role"):
        remove_from_catalogue(by=admin, entry=Role.objects.get(slug="commander"))


def test_a_severity_with_incidents_stays(admin, incident):
    Severity.objects.update(when_unsure=False)
    with pytest.raises(ValidationError, match="1 incident"):
        remove_from_catalogue(by=admin, entry=incident.severity)


# -- links --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "https://x.example.test/{user}",
        "https://x.example.test/{reference.__class__}",
        "https://x.example.test/{reference!r}",
        "https://x.example.test/{reference:999999999}",
        "https://x.example.test/{0}",
        "https://x.example.test/{",
        "javascript:alert(1)",
        "ftp://x.example.test/{reference}",
    ],
)
def test_a_link_fills_in_plain_names_only(at_the_desk, address):
    values = {"label": "Bridge", "kind": "bridge", "url_template": address}
    assert at_the_desk.post(reverse("catalogue_add", args=["links"]), values).status_code == 200
    assert not LinkTemplate.objects.exists()


def test_a_link_is_shown_filled_in(at_the_desk):
    url = reverse("catalogue_add", args=["links"])
    page = at_the_desk.get(url, {"url_template": "https://meet.example.test/{reference}"}).content.decode()
    assert "https://meet.example.test/inc-142" in page
    page = at_the_desk.get(url, {"url_template": "https://meet.example.test/{user}"}).content.decode()
    assert "can be filled in" in page


# -- size ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["severities", *NEW])
def test_lists_without_a_query_per_row(at_the_desk, kind, django_assert_max_num_queries):
    for n in range(30):
        service = Service.objects.create(name=f"service-{n:02}", slug=f"service-{n:02}")
        service.depends_on.set(Service.objects.all()[:2])
    url = reverse("catalogue_list", args=[kind])
    at_the_desk.get(url)
    with django_assert_max_num_queries(8):
        assert at_the_desk.get(url).status_code == 200


def test_what_is_told_only_on_change_stays_so_when_saved(at_the_desk, severity):
    executives = severity(3).cadence_for("executives")
    at_the_desk.post(
        reverse("catalogue_entry", args=["severities", severity(3).pk]),
        form_of(severity(3), criteria="One shop is slow."),
    )
    kept = severity(3)
    assert kept.cadence_for("executives") == executives
    assert kept.public_if_seen
    assert kept.cadence_for("responders") is None


def test_the_form_has_every_field_that_it_saves(at_the_desk, severity):
    page = at_the_desk.get(reverse("catalogue_entry", args=["severities", severity(3).pk])).content.decode()
    for name in SeverityForm.Meta.fields:
        assert f'name="{name}"' in page
