"""Work of the past that was announced: a maintenance, not an incident; told to nobody, moved by no clock."""

from collections.abc import Sequence

from history.entry import PastMaintenance
from history.models import ImportedEntry
from history.workflow.writing import Desk
from statuspages.models import (
    Component,
    MaintenanceState,
    MaintenanceUpdate,
    PageAudience,
    ScheduledMaintenance,
    StatusPage,
)

SLUG = "imported-history"


def page_for(desk: Desk) -> StatusPage:
    """The page that was chosen, else a draft nobody outside reads."""
    if desk.run.page:
        return desk.run.page
    page, _is_new = StatusPage.objects.get_or_create(
        slug=SLUG,
        defaults={"name": "Imported history", "audience": PageAudience.INTERNAL, "is_published": False},
    )
    return page


def write_maintenances(desk: Desk, pasts: Sequence[tuple[int, PastMaintenance]]) -> int:
    """Store them in the caller's transaction; the number made."""
    page = page_for(desk)
    by_name = {c.name.casefold(): c for c in Component.objects.filter(page=page)}
    made = ScheduledMaintenance.objects.bulk_create(_maintenance(page, past) for _place, past in pasts)
    updates, chosen, entries = [], [], []
    through = ScheduledMaintenance.components.through
    for maintenance, (_place, past) in zip(made, pasts, strict=True):
        state: str = MaintenanceState.SCHEDULED
        for word in past.words:
            state = word.status or state
            text = word.text or f"{MaintenanceState(state).label}."
            updates.append(
                MaintenanceUpdate(
                    maintenance=maintenance, state=state, text=text, posted_at=word.at, author=desk.author
                )
            )
        keys = {by_name[n.casefold()].pk for n in past.services if n.casefold() in by_name}
        chosen += [through(scheduledmaintenance_id=maintenance.pk, component_id=key) for key in keys]
        entries.append(
            ImportedEntry(
                source=desk.run.source, source_id=past.source_id, run=desk.run, maintenance=maintenance
            )
        )
    MaintenanceUpdate.objects.bulk_create(updates)
    through.objects.bulk_create(chosen)
    ImportedEntry.objects.bulk_create(entries)
    return len(made)


def _maintenance(page: StatusPage, past: PastMaintenance) -> ScheduledMaintenance:
    return ScheduledMaintenance(
        page=page,
        title=past.title if len(past.title) <= 120 else past.title[:119].rstrip() + "…",
        state=past.state,
        starts_at=past.starts_at,
        ends_at=past.ends_at,
        began_at=past.began_at,
        ended_at=past.ended_at,
        begins_by_itself=False,
        ends_by_itself=False,
        reminds=False,
        created_at=past.announced_at,
        changed_at=past.words[-1].at if past.words else past.announced_at,
    )
