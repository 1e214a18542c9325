"""Do the headline, the badge and the interface of a page say the same of it?"""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from incidents.workflow import mitigate_incident, resolve_incident, set_service_impact
from statuspages.models import ScheduledMaintenance
from statuspages.status_snapshot import read
from statuspages.workflow import schedule_maintenance, update_maintenance
from tests.conftest import NOT_SENT


@pytest.fixture
def said(client):
    """`said()`: (headline, badge, indicator, description), as readers and programs get them."""

    def ask():
        told = [
            client.get(f"/status/shop/api/v2/{name}.json").json()["status"] for name in ("status", "summary")
        ]
        assert told[0] == told[1]
        badge = ElementTree.fromstring(client.get("/status/shop/badge.svg").content).get("aria-label")
        headline = client.get("/status/shop/").text.partition('<h1 id="now">')[2].partition("<")[0]
        return headline, badge.removeprefix("status: "), told[0]["indicator"], told[0]["description"]

    return ask


def test_monitored_with_every_component_operational(client, said, shop, broken, tell, commander, payments):
    tell(broken, "Some cards fail.")
    mitigated = mitigate_incident(incident=broken, by=commander, impacts={payments: None})
    assert said() == (
        "It works again, and we are watching", "operational", "none", "All Systems Operational",
    )  # fmt: skip
    listed = client.get("/status/shop/api/v2/summary.json").json()["incidents"]
    assert [i["status"] for i in listed] == ["monitoring"]
    set_service_impact(incident=mitigated, service=payments, impact="degraded", by=commander)
    assert said() == (
        "Payments has degraded performance", "degraded performance", "minor", "Partially Degraded Service",
    )  # fmt: skip


def test_a_problem_that_names_no_component(said, shop, broken, tell, commander, payments):
    tell(broken, "Some cards fail.")
    set_service_impact(incident=broken, service=payments, impact=None, by=commander)
    assert said() == (
        "We are looking into a problem", "degraded performance", "minor", "Partially Degraded Service",
    )  # fmt: skip


def test_maintenance_beside_an_incident_that_is_monitored(
    said, shop, work, broken, tell, commander, payments
):
    tell(broken, "Some cards fail.")
    mitigate_incident(incident=broken, by=commander, impacts={payments: None})
    update_maintenance(by=commander, maintenance=work, text="It begins.", state="in_progress")
    assert said() == (
        "Maintenance is in progress", "under maintenance", "none", "Service Under Maintenance",
    )  # fmt: skip


def test_maintenance_of_no_component(said, shop, commander):
    now = timezone.now()
    work = ScheduledMaintenance(page=shop, title="Move", starts_at=now, ends_at=now + timedelta(hours=1))
    work = schedule_maintenance(by=commander, maintenance=work, components=[], text="Nothing stops.")
    update_maintenance(by=commander, maintenance=work, text="It begins.", state="in_progress")
    assert said() == (
        "Maintenance is in progress", "under maintenance", "none", "Service Under Maintenance",
    )  # fmt: skip


def test_a_component_left_degraded_by_what_is_resolved(said, shop, broken, tell, commander, payments):
    tell(broken, "Some cards fail.")
    mitigated = mitigate_incident(incident=broken, by=commander)
    resolve_incident(
        incident=mitigated,
        by=commander,
        waive_reason="a drill",
        unsent=NOT_SENT,
        impacts={payments: "degraded"},
    )
    assert read(shop).active == []
    assert said()[0] == "Payments has degraded performance"
    assert said()[2] == "minor"
