"""From the account to the swim-lane picture: who gets a lane, and what stands in it."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from figures.story import CLOSEST, MILESTONES, Impact, Lane, Mark, Story, Stretch, parts_of
from retros.measures import LETTERS
from retros.timeline import RetrospectiveTimeline, known_at
from timeline.models import Kind

LATEST = datetime.max.replace(tzinfo=UTC)
MOST_PEOPLE, MOST_SYSTEMS = 8, 6
GROUPS = ("Systems", "People", "Communication")
UPDATES = Lane("told", "Communication", "Updates")
STATES = {"degraded": "degraded", "partial_outage": "partial outage", "major_outage": "major outage"}


def story_of(
    timeline: RetrospectiveTimeline, *, known: datetime | None = None, zoom: int = 1, part: int = 0
) -> Story:
    """The dataclasses the figure is drawn from. No query beyond those of the account.

    With `known`, only what was known at that moment: neither rows, milestones, gaps nor impact of later.
    """
    rows = [row for row in timeline.facts if known is None or known_at(row) <= known]
    events = [row for row in rows if not row.gap and row.kind != Kind.GAP]
    # What stands in the head as a milestone is not drawn a second time.
    facts = [
        row
        for row in events
        if not (row.kind == Kind.MILESTONE and LETTERS.get(row.milestone or "") in MILESTONES)
    ]
    gaps = [row for row in rows if row.gap]
    wanted = {row.pk: _lane_of(row) for row in facts}
    counts = Counter(wanted.values())
    impacts = [one for one in timeline.affected if known is None or one.began <= known]
    affected = {one.service for one in impacts}
    lanes = _lanes(counts, affected)
    keys = {lane.key for lane in lanes}
    marks = [
        Mark(
            at=row.occurred_at,
            lane=(lane.key if lane.key in keys else f"other:{lane.group}"),
            kind="milestone" if row.phase or row.milestone else row.kind,
            words=" ".join(row.text.split())[:120],
            known_at=known_at(row),
            is_estimated=bool(row.precision_seconds),
            is_starred=row.is_starred or bool(row.phase),
        )
        for row in facts
        for lane in [wanted[row.pk]]
    ]
    zoom = zoom if zoom in (1, 2, 4, CLOSEST) else 1
    return Story(
        title=_title(timeline, len(events), len(gaps)),
        lanes=lanes,
        marks=marks,
        moments={
            letter: moment.at
            for letter, moment in timeline.moments.items()
            if known is None or moment.at <= known
        },
        stretches=[
            Stretch(
                row.occurred_at,
                min(row.ended_at or row.occurred_at, known or LATEST),
                row.gap,
                f"{row.get_gap_display()}: {row.text}",
            )
            for row in gaps
        ],
        impacts=[
            Impact(
                f"system:{one.service}",
                one.began,
                min(one.ended, known or LATEST),
                one.impact,
                f"{one.service}: {STATES[one.impact]}",
            )
            for one in impacts
        ],
        known_at=known,
        zoom=zoom,
        part=min(max(part, 0), parts_of(zoom) - 1),
    )


def _lane_of(row: Any) -> Lane:
    if row.kind == Kind.UPDATE:
        return UPDATES
    if row.kind in (Kind.ALERT, Kind.CHANGE) or not row.actor_id:
        name = row.service.name if row.service else row.system
        if name:
            return Lane(f"system:{name}", "Systems", name)
        if not row.actor_id or row.kind in (Kind.ALERT, Kind.CHANGE):
            unnamed = {Kind.ALERT: "Alerts", Kind.CHANGE: "Changes"}.get(row.kind, "Not said who")
            return Lane(f"system:{unnamed}", "Systems", unnamed)
    return Lane(f"person:{row.actor_id}", "People", str(row.actor))


def _lanes(counts: Counter[Lane], affected: set[str]) -> list[Lane]:
    """Affected services first, then who has most to tell; the rest share a lane."""
    services = [Lane(f"system:{name}", "Systems", name) for name in sorted(affected)]
    systems = [
        *services,
        *(lane for lane, _ in counts.most_common() if lane.group == "Systems" and lane not in services),
    ]
    people = [lane for lane, _ in counts.most_common() if lane.group == "People"]
    told = [UPDATES] if UPDATES in counts else []
    return [
        *_most(systems, max(MOST_SYSTEMS, len(services) + 1), "Systems"),
        *_most(people, MOST_PEOPLE, "People"),
        *told,
    ]


def _most(lanes: list[Lane], most: int, group: str) -> list[Lane]:
    if len(lanes) <= most:
        return lanes
    return [*lanes[: most - 1], Lane(f"other:{group}", group, "Others")]


def _title(timeline: RetrospectiveTimeline, rows: int, gaps: int) -> str:
    title = f"Timeline of {timeline.retrospective.title}: {rows} event{'' if rows == 1 else 's'}"
    return f"{title}, {gaps} gap{'' if gaps == 1 else 's'}" if gaps else title
