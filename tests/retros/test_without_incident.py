"""Nothing about incidents is shown in a retrospective that has none."""

from datetime import timedelta

import pytest
from django.utils import timezone

from retros.checks import checks
from retros.completion import parts_of
from retros.models import RetrospectiveFormat, TimelineEntry
from retros.workflow import frame_retrospective, open_retrospective, plan_agenda

INCIDENT_WORDS = ("milestone", "impact began", "MTTR", "TTO", "detected", "mitigated", "Severity", "severity")


@pytest.fixture
def sprint(commander):
    chosen = RetrospectiveFormat.objects.get(name="4Ls")
    return open_retrospective(
        by=commander, title="Sprint 9", subject="sprint", owner=commander, format=chosen
    )


def test_its_sections(sprint):
    assert [part.key for part in parts_of(sprint)] == [
        "frame", "safety", "narrative", "learnings", "actions", "review"
    ]  # fmt: skip


def test_what_somebody_has_written_stays_in_reach(sprint, commander):
    TimelineEntry.objects.create(retrospective=sprint, occurred_at=timezone.now(), text="Go live")
    assert "timeline" in [part.key for part in parts_of(sprint)]
    assert "causes" in [part.key for part in parts_of(sprint, "causes")]


def test_with_an_incident_everything_is_there(sprint, commander, incident, retrospective):
    assert len(parts_of(retrospective)) == 9
    frame_retrospective(retrospective=sprint, by=commander, incidents=[incident])
    assert len(parts_of(sprint)) == 9
    assert "milestones" in [check.name for check in checks(sprint)]


def test_its_checks(sprint):
    assert [check.name for check in checks(sprint)] == ["actions", "hints", "read"]


@pytest.mark.parametrize("minutes", [60, 30])
def test_its_agenda(sprint, commander, minutes):
    plan_agenda(retrospective=sprint, by=commander, minutes=minutes)
    agenda = list(sprint.agenda.all())
    assert [(item.name, item.section) for item in agenda] == [
        ("Opening", "safety"),
        ("Last action items", "actions"),
        ("Learnings", "learnings"),
        ("Group and vote", "learnings"),
        ("Action items", "actions"),
        ("Close", "actions"),
    ]
    assert sum(item.minutes for item in agenda) == minutes


@pytest.mark.parametrize(
    "section", ["", "frame/", "safety/", "narrative/", "timeline/", "impact/", "learnings/", "actions/", "review/"]
)  # fmt: skip
def test_no_section_speaks_of_incidents(client, sprint, commander, section):
    for hours in (0, 30):
        TimelineEntry.objects.create(
            retrospective=sprint, occurred_at=timezone.now() - timedelta(hours=hours), text="Work"
        )
    client.force_login(commander)
    page = client.get(sprint.get_absolute_url() + section).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert [word for word in INCIDENT_WORDS if word in main] == []
