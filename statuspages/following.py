"""Changes of status that nobody wrote an update about, as entries of the incident on a page.

A page says what the incident is: also where it was mitigated, resolved or reopened without words for the page's
readers. Only an incident that the page shows already is followed, and no cause found inside is announced by itself.
"""

from collections.abc import Iterable

from incidents.models import ACTIVE_STATUSES, Audience, Status, StatusPeriod, UpdateSchedule
from incidents.models.communication import SENTENCES, Wording, is_announced, word_for
from statuspages.models import StatusPage
from statuspages.view_models import ShownIncident, ShownUpdate


def with_status_changes(page: StatusPage, incidents: dict[int, ShownIncident]) -> None:
    """Add the changes of status without an update of their own to the incidents, by id. At most two queries."""
    periods: dict[int, list[StatusPeriod]] = {}
    found = StatusPeriod.objects.filter(incident__in=incidents).order_by("started_at", "pk")
    for period in found.only("incident", "status", "started_at"):
        periods.setdefault(period.incident_id, []).append(period)
    changed = set()
    for pk, shown in incidents.items():
        added = list(_changes(page, shown, periods.get(pk, [])))
        if added:
            shown.updates = sorted([*added, *shown.updates], key=lambda u: u.at, reverse=True)
        if shown.updates[0] in added:
            changed.add(pk)
    _promise(page, {pk: incidents[pk] for pk in changed})


def _changes(page: StatusPage, shown: ShownIncident, periods: list[StatusPeriod]) -> Iterable[ShownUpdate]:
    before = ""
    for period, following in zip(periods, [*periods[1:], None], strict=True):
        if period.status == Status.TRIAGE:
            continue
        word, last = word_for(period.status), before
        before = word
        until = following.started_at if following else None
        is_told = any(
            u.status == word and u.at >= period.started_at and (until is None or u.at < until)
            for u in shown.updates
        )
        if is_told or period.started_at < shown.announced_at:
            continue
        if is_announced(word, last):
            yield ShownUpdate(
                code=page.code("status", period.pk),
                status=word,
                at=period.started_at,
                words=Wording(known=SENTENCES[word]),
                is_status_alone=True,
                is_automatic=True,
            )


def _promise(page: StatusPage, incidents: dict[int, ShownIncident]) -> None:
    """A change of status promises nothing itself: the next update is due when the incident says."""
    audience = Audience.PUBLIC if page.is_public else Audience.STAKEHOLDERS
    due = UpdateSchedule.objects.filter(
        incident__in=incidents, audience=audience, incident__status__in=ACTIVE_STATUSES
    )
    for pk, at in due.values_list("incident_id", "due_at") if incidents else []:
        incidents[pk].due_at = at
