"""What does each format mean here, and what becomes of times, HTML and order?"""

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command

from core.text import render_markdown
from history.text_cleaning import clean
from incidents.models import AffectedService, Incident, Status, StatusUpdate
from statuspages.models import MaintenanceState, PageAudience, ScheduledMaintenance
from tests.history.conftest import line

pytestmark = pytest.mark.django_db


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_times_with_other_offsets_are_the_same_instants(written, imported):
    entry = line(started_at="2024-03-01T11:00:00+01:00", resolved_at="2024-03-01 06:30:00.250-05:00")
    imported(written([entry]))
    incident = Incident.objects.get()
    assert incident.impact_started_at == at("2024-03-01T10:00:00Z")
    assert incident.resolved_at == at("2024-03-01T11:30:00.250Z")


def test_zone_for_times_without_one_follows_its_clock_changes(written, imported):
    entry = line(started_at="2024-03-30T12:00:00", resolved_at="2024-03-31T12:00:00", updates=[])
    report = imported(written([entry]), zone="Europe/Berlin")
    assert report["imported"] == 1
    incident = Incident.objects.get()
    assert incident.resolved_at - incident.impact_started_at == at("2024-03-31T10:00Z") - at(
        "2024-03-30T11:00Z"
    )


def test_same_minute_keeps_the_order_of_the_file(written, imported):
    updates = [{"at": "2024-03-01T10:05:00Z", "status": "Update", "message": f"Word {n}"} for n in range(20)]
    imported(written([line(updates=updates)]))
    told = Incident.objects.get().timeline.filter(kind="update").oldest_first()
    assert [event.text for event in told] == [f"Word {n}" for n in range(20)]


def test_unknown_times_stay_unknown(written, imported):
    imported(written([line()]))
    incident = Incident.objects.get()
    assert (incident.status, incident.severity.name) == (Status.CLOSED, "SEV3")
    for name in (
        "introduced_at",
        "detected_at",
        "acknowledged_at",
        "mitigated_at",
        "impact_ended_at",
        "closed_at",
    ):
        assert getattr(incident, name) is None, name
    assert incident.declared_at == at("2024-03-01T10:05:00Z")
    assert incident.milestone_basis["declared_at"] == {"source": "estimate"}
    periods = [(p.status, p.ended_at) for p in incident.status_periods.all()]
    assert periods == [("investigating", at("2024-03-01T11:30:00Z")), ("closed", None)]


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>One</p><p>Two<br>lines</p>", "One\n\nTwo\nlines"),
        ('See <a href="https://x.test/a(b)">the page</a>', "See [the page](https://x.test/a%28b%29)"),
        ("<ul><li>First<li><b>Second</b></ul>", "- First\n- **Second**"),
        ("less than <1% of users, 5 > 3", "less than <1% of users, 5 > 3"),
        ("AT&amp;T &lt;b&gt;", "AT&T <b>"),
        ("<script>alert(1)</script>Fine<style>p{}</style>", "Fine"),
        ("a\x00b\u202ec", "abc"),
    ],
)
def test_html_becomes_markdown(html, markdown):
    assert clean(html) == markdown


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    "<svg/onload=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "[x](javascript:alert(1))",
    '<div hx-get="/admin" hx-trigger="load">x</div>',
    "<<script>script>alert(1)<</script>/script>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_html_is_harmless_where_it_is_shown(written, imported, client, commander, text):
    updates = [{"at": "2024-03-01T10:05:00Z", "status": "Update", "message": text}]
    imported(written([line(title=f"Title {text}"[:190], updates=updates)]))
    client.force_login(commander)
    page = client.get(Incident.objects.get().get_absolute_url()).content.decode()
    html = page + render_markdown(StatusUpdate.objects.get().known)
    for sign in (
        "<script>alert",
        "onerror=alert(1)>",
        'href="javascript:',
        'href="data:',
        "<svg/onload",
        'hx-get="/admin"',
        "<iframe",
    ):
        assert sign not in html


def test_statuspage_newest_first_is_turned_and_monitoring_is_mitigated(written, imported):
    entry = {
        "id": "abc", "name": "API errors", "status": "resolved", "impact": "major",
        "created_at": "2024-01-01T10:01:00.000-08:00", "started_at": "2024-01-01T10:00:00.000-08:00",
        "monitoring_at": "2024-01-01T10:30:00.000-08:00", "resolved_at": "2024-01-01T11:00:00.000-08:00",
        "shortlink": "https://stspg.io/x",
        "incident_updates": [
            {"status": "resolved", "body": "Over", "display_at": "2024-01-01T11:00:00.000-08:00"},
            {"status": "monitoring", "body": "Watching", "display_at": "2024-01-01T10:30:00.000-08:00"},
            {"status": "identified", "body": "Found", "display_at": "2024-01-01T10:10:00.000-08:00"},
        ],
        "components": [
            {"id": "a", "name": "API", "status": "major_outage", "group_id": "g"},
            {"id": "g", "name": "All", "group": True},
        ],
    }  # fmt: skip
    report = imported(written(json.dumps({"page": {"id": "p"}, "incidents": [entry]})), "statuspage")
    assert report["imported"] == 1
    call_command("verify_audit", stdout=StringIO())
    incident = Incident.objects.get()
    assert [u.known for u in incident.status_updates.order_by("posted_at")] == ["Found", "Watching", "Over"]
    assert incident.mitigated_at == at("2024-01-01T18:30:00Z")
    assert incident.links.get().url == "https://stspg.io/x"
    affected = AffectedService.objects.get()
    assert (affected.service.name, affected.impact, affected.ended_at) == (
        "API",
        "major_outage",
        incident.mitigated_at,
    )


def test_a_statuspage_group_named_alone_is_kept_as_a_service(written, imported):
    entry = {
        "id": "abc", "name": "API errors", "status": "resolved", "impact": "major",
        "created_at": "2024-01-01T10:01:00Z", "resolved_at": "2024-01-01T11:00:00Z", "incident_updates": [],
        "components": [{"id": "g", "name": "Everything", "group": True}],
    }  # fmt: skip
    imported(written(json.dumps([entry])), "statuspage")
    assert AffectedService.objects.get().service.name == "Everything"


def test_maintenance_is_no_incident_and_begins_nothing_by_itself(written, imported):
    updates = [
        {"at": "2024-02-25T09:00:00Z", "status": "Scheduled", "message": "On Friday."},
        {"at": "2024-03-01T10:00:00Z", "status": "In progress", "message": "Begun."},
        {"at": "2024-03-01T11:30:00Z", "status": "Completed", "message": "Done."},
    ]
    report = imported(
        written([line(impact="maintenance", started_at="2024-02-25T09:00:00Z", updates=updates)])
    )
    assert (report["imported"], report["maintenances"]) == (0, 1)
    assert not Incident.objects.exists()
    work = ScheduledMaintenance.objects.get()
    assert (work.state, work.starts_at, work.ends_at) == (
        MaintenanceState.COMPLETED, at("2024-03-01T10:00:00Z"), at("2024-03-01T11:30:00Z"),
    )  # fmt: skip
    assert [u.text for u in work.updates.all()] == ["Done.", "Begun.", "On Friday."]
    assert (work.page.audience, work.page.is_published) == (PageAudience.INTERNAL, False)
    assert not ScheduledMaintenance.objects.due().exists()


def test_pagerduty(written, imported):
    entry = {
        "id": "PT4KHLK", "incident_number": 1234, "title": "The server is on fire.", "status": "resolved",
        "created_at": "2015-10-06T21:30:42Z", "last_status_change_at": "2015-10-06T21:38:23Z", "urgency": "high",
        "priority": {"summary": "P2"}, "service": {"summary": "My Mail Service"},
        "acknowledgements": [{"at": "2015-10-06T21:32:00Z"}], "html_url": "https://x.pagerduty.test/incidents/PT4KHLK",
    }  # fmt: skip
    imported(written(json.dumps({"incidents": [entry], "limit": 25})), "pagerduty")
    incident = Incident.objects.get()
    assert (incident.severity.name, incident.resolved_at) == ("SEV2", at("2015-10-06T21:38:23Z"))
    assert incident.acknowledged_at == at("2015-10-06T21:32:00Z")
    assert incident.milestone_basis["impact_started_at"] == {"source": "estimate"}
    assert [a.service.name for a in incident.affected_services.all()] == ["My Mail Service"]


def test_opsgenie(written, imported):
    entry = {
        "id": "8743a1b2", "tinyId": "9007199254740993", "message": "Checkout down", "status": "closed", "priority": "P1",
        "createdAt": "2024-05-01T10:00:00.1Z", "updatedAt": "2024-05-01T12:00:00Z",
        "impactStartDate": "2024-05-01T09:50:00Z", "impactEndDate": "2024-05-01T11:00:00Z",
    }  # fmt: skip
    imported(written(json.dumps({"data": [entry], "paging": {}})), "opsgenie")
    incident = Incident.objects.get()
    assert (incident.severity.name, incident.impact_started_at) == ("SEV1", at("2024-05-01T09:50:00Z"))
    assert incident.resolved_at == at("2024-05-01T11:00:00Z")


def test_csv_guesses_its_columns_and_takes_others(written, imported):
    table = 'Number;Title;Priority;Created;Resolved;Service\n7;"Slow; very";P1;2024-01-01T10:00Z;2024-01-01T11:00Z;api,web\n'
    assert imported(written(table), "csv")["imported"] == 1
    incident = Incident.objects.get()
    assert (incident.title, incident.severity.name) == ("Slow; very", "SEV1")
    assert incident.affected_services.count() == 2
    other = "Ref,What,From\n8,Slow again,2024-01-02 10:00\n"
    columns = ["id=Ref", "title=What", "started_at=From"]
    assert imported(written(other), "csv", column=columns, zone="UTC")["imported"] == 1


def test_csv_row_of_another_length_is_refused(written, imported):
    report = imported(written("id,title,start\n1,a,2024-01-01T10:00Z,extra\n2,b,2024-01-01T10:00Z\n"), "csv")
    assert (report["imported"], report["rows_refused"][0]["place"]) == (1, 2)
