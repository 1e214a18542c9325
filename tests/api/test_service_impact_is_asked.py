"""Does a severe incident of a service never say “degraded” because nobody was asked?"""

import pytest

from incidents.models import Incident, Service


@pytest.fixture
def payments(db):
    return Service.objects.create(name="Payments", slug="payments")


@pytest.mark.parametrize(("severity", "status"), [("SEV1", 422), ("SEV2", 422), ("SEV3", 201)])
def test_when_declaring(calls, payments, severity, status):
    said = {"title": "Cards fail", "severity": severity, "services": ["payments"]}
    told = calls.post("incidents", said)
    assert calls.status == status
    if status == 422:
        assert told["errors"][0]["pointer"] == "/service_impact"
        assert not Incident.objects.exists()
        calls.post("incidents", said | {"service_impact": "major_outage"})
        assert calls.status == 201


def test_when_a_report_is_declared(calls, payments):
    report = calls.post("incidents/reports", {"title": "Odd", "services": ["payments"]})
    at = f"incidents/{report['reference']}/acceptance"
    calls.post(at, {"severity": "SEV1"})
    assert calls.status == 422
    calls.post(at, {"severity": "SEV1", "service_impact": "partial_outage"})
    assert calls.status == 200
