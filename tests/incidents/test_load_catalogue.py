from io import StringIO

import pytest
from django.core.management import call_command

from incidents.catalogue import load_built_in_catalogue
from incidents.models import Cadence, ChecklistTemplate, IncidentType, Role, Severity

pytestmark = pytest.mark.django_db


def test_severities_and_their_cadence():
    assert list(Severity.objects.values_list("name", "retrospective", "when_unsure")) == [
        ("SEV1", "required", False),
        ("SEV2", "required", True),
        ("SEV3", "offered", False),
        ("SEV4", "offered", False),
        ("SEV5", "none", False),
    ]
    minutes = {
        (c.severity.rank, c.audience): (
            c.first_minutes,
            c.investigating_minutes,
            c.fixing_minutes,
            c.mitigated_minutes,
        )
        for c in Cadence.objects.select_related("severity")
    }
    assert minutes == {
        (1, "public"): (5, 20, 20, 30),
        (1, "stakeholders"): (10, 15, 20, 30),
        (1, "executives"): (15, 30, 30, 60),
        (2, "public"): (15, 30, 30, 60),
        (2, "stakeholders"): (15, 30, 30, 60),
        (2, "executives"): (30, 60, 60, 120),
        (3, "public"): (30, 60, 60, 120),
        (3, "stakeholders"): (30, 60, 60, 120),
        (3, "executives"): (None, None, None, None),
        (4, "stakeholders"): (240, 1440, 1440, 1440),
        (5, "stakeholders"): (240, 1440, 1440, 1440),
    }


def test_roles_have_briefs():
    slugs = ["commander", "deputy", "communications_lead", "scribe", "operations_lead", "liaison"]
    assert list(Role.objects.values_list("slug", flat=True)) == slugs
    assert all(role.brief and role.is_built_in for role in Role.objects.all())


def test_a_second_time_creates_nothing():
    assert load_built_in_catalogue() == []
    out = StringIO()
    call_command("load_catalogue", stdout=out)
    assert out.getvalue() == ""


def test_what_was_edited_or_deleted_stays_so():
    Severity.objects.filter(rank=1).update(name="P1", criteria="Ours")
    Cadence.objects.filter(severity__rank=1).delete()
    Severity.objects.filter(rank=5).delete()
    IncidentType.objects.filter(name="Data").update(name="Records")
    ChecklistTemplate.objects.all().delete()
    assert load_built_in_catalogue() == []
    assert Severity.objects.get(rank=1).name == "P1"
    assert not Severity.objects.filter(rank=5).exists()
    assert not ChecklistTemplate.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_empty_installation_gets_all():
    """On real transactions every table is emptied between tests, so this one has been loaded afresh."""
    assert (Severity.objects.count(), Role.objects.count()) == (5, 6)
    assert ChecklistTemplate.objects.filter(kind="signal", minutes=10).exists()
