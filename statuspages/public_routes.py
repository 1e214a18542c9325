"""Everything a page is, address by address: the same for whoever asks now and for the copy that is kept.

An address is what follows the page's root: "" is the page itself. Links between them are relative, so that a page
works below /status/…/, on a host of its own and from its copy alike.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.template.loader import render_to_string
from django.utils.translation import pgettext

from figures.badge import badge
from statuspages import api_v2, feeds
from statuspages.languages import speaking, speaking_english
from statuspages.look import style_of
from statuspages.models import PageLogo, StatusPage
from statuspages.status_snapshot import Window
from statuspages.view_models import Shown, ShownIncident, ShownMaintenance

HTML, JSON, ICS = "text/html; charset=utf-8", "application/json", "text/calendar; charset=utf-8"
SVG, PNG, CSS = "image/svg+xml", "image/png", "text/css; charset=utf-8"
FEED_TYPES = {
    "atom": "application/atom+xml; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
}
PAST_DAYS = timedelta(days=15)
MOST_PAST, MOST_PLANNED, MOST_UPDATES = 10, 5, 3
MONTHS = 3  # on the first page of the history
MOST_A_MONTH = 10  # there; a month's own page has them all
HISTORY = Window(newest_months=MONTHS, most_a_month=MOST_A_MONTH + 1)


@dataclass(frozen=True)
class Answer:
    body: bytes
    type: str
    changed_at: datetime
    is_for_good: bool = False  # nothing else is ever at its address


@dataclass(frozen=True)
class Frame:
    """What surrounds a page: a note on it, and whether its addresses lead out to the public or stay inside."""

    note: str = ""
    copied_at: datetime | None = None
    is_inside: bool = False


class Missing(LookupError):  # noqa: N818 - answered with 404
    """Nothing is at this address of the page."""


def index(shown: Shown, frame: Frame) -> Answer:
    since = shown.now - PAST_DAYS
    past = [i for i in shown.incidents if i.is_over and i.latest.at >= since]
    context = {
        "past": past[:MOST_PAST],
        "planned": shown.planned[:MOST_PLANNED],
        "most_updates": MOST_UPDATES,
        "past_days": PAST_DAYS.days,
    }
    return _page("index", shown, frame, context)


def history(shown: Shown, frame: Frame, month: tuple[int, int] | None = None) -> Answer:
    if month and month not in shown.months:
        raise Missing
    chosen = [month] if month else shown.months[:MONTHS]
    found: list[tuple[datetime, list[ShownIncident | ShownMaintenance], bool]] = []
    for year, number in chosen:
        inside: list[ShownIncident | ShownMaintenance] = [
            *(i for i in shown.incidents if _month(shown, i.announced_at) == (year, number)),
            *(
                m
                for m in shown.maintenances
                if m.is_over and not m.is_covered and _month(shown, m.starts_at) == (year, number)
            ),
        ]
        inside.sort(key=_happened_at, reverse=True)
        most = None if month else MOST_A_MONTH
        first = datetime(year, number, 1, tzinfo=shown.page.zone)
        found.append((first, inside[:most], len(inside) > len(inside[:most])))
    others = [(y, m) for y, m in shown.months if (y, m) not in chosen]
    up = "../" if month else ""
    context = {"found": found, "others": [datetime(y, m, 1, tzinfo=shown.page.zone) for y, m in others]}
    return _page("history", shown, frame, context, up)


def _month(shown: Shown, moment: datetime) -> tuple[int, int]:
    local = moment.astimezone(shown.page.zone)
    return local.year, local.month


def _happened_at(entry: ShownIncident | ShownMaintenance) -> datetime:
    return entry.announced_at if isinstance(entry, ShownIncident) else entry.starts_at


def incident(shown: Shown, frame: Frame, code: str) -> Answer:
    for found in shown.incidents:
        if found.code == code:
            return _page("incident", shown, frame, {"incident": found}, "../")
    raise Missing


def maintenance(shown: Shown, frame: Frame, code: str) -> Answer:
    for found in shown.maintenances:
        if found.code == code:
            return _page("maintenance", shown, frame, {"maintenance": found}, "../")
    raise Missing


def calendar(shown: Shown, code: str = "") -> Answer:
    if code and not any(m.code == code for m in shown.maintenances):
        raise Missing
    with speaking(shown.page):
        from statuspages import ics  # brings a library along that hardly any process needs

        return Answer(ics.calendar(shown, code), ICS, shown.changed_at)


def feed(shown: Shown, form: str) -> Answer:
    with speaking(shown.page):
        return Answer(feeds.history(shown, form).encode(), FEED_TYPES[form], shown.changed_at)


def document(shown: Shown, name: str) -> Answer:
    with speaking_english():
        body = json.dumps(api_v2.document(shown, name), ensure_ascii=False, separators=(",", ":"))
    return Answer(body.encode(), JSON, shown.changed_at)


def status_badge(shown: Shown) -> Answer:
    with speaking(shown.page):
        drawn = badge(pgettext("on a badge", "status"), shown.state_words, shown.state)
    return Answer(drawn.encode(), SVG, shown.changed_at)


def style(page: StatusPage, version: str) -> Answer:
    """The accent colour, as a style sheet."""
    if page.style_address != f"look-{version}.css":
        raise Missing
    return Answer(style_of(page).encode(), CSS, page.changed_at, is_for_good=True)


def logo(page: StatusPage, version: str) -> Answer:
    found = PageLogo.objects.filter(page=page).first() if version == page.logo_version else None
    if found is None:
        raise Missing
    return Answer(bytes(found.content), PNG, page.changed_at, is_for_good=True)


def everything(shown: Shown, frame: Frame) -> Iterator[tuple[str, Answer]]:
    """(address, answer) of the whole page; `shown` must hold the incidents of all its months."""
    yield "", index(shown, frame)
    yield "history", history(shown, frame)
    for year, number in shown.months:
        yield f"history/{year}-{number:02d}", history(shown, frame, (year, number))
    for entry in shown.incidents:
        yield f"incidents/{entry.code}", incident(shown, frame, entry.code)
    for work in shown.maintenances:
        yield f"maintenances/{work.code}", maintenance(shown, frame, work.code)
        yield f"maintenances/{work.code}.ics", calendar(shown, work.code)
    yield "calendar.ics", calendar(shown)
    yield "badge.svg", status_badge(shown)
    if shown.page.style_address:
        yield shown.page.style_address, style(shown.page, version_in(shown.page.style_address))
    if shown.page.logo_address:
        yield shown.page.logo_address, logo(shown.page, version_in(shown.page.logo_address))
    for form in FEED_TYPES:
        yield f"history.{form}", feed(shown, form)
    for name in api_v2.DOCUMENTS:
        yield f"api/v2/{name}.json", document(shown, name)


def version_in(address: str) -> str:
    return address.rpartition("-")[2].partition(".")[0]


def _page(name: str, shown: Shown, frame: Frame, context: dict, up: str = "") -> Answer:
    values = {"page": shown.page, "shown": shown, "frame": frame, "up": up, "top": up or "./"}
    with speaking(shown.page):
        html = render_to_string(f"statuspages/public/{name}.html", values | context)
    return Answer(html.encode(), HTML, shown.changed_at)
