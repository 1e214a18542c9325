"""Everything a page is, address by address: the same for whoever asks now and for the copy that is kept.

An address is what follows the page's root: "" is the page itself. Links between them are relative, so that a page
works below /status/…/, on a host of its own and from its copy alike.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import pgettext

from figures.badge import badge
from statuspages import api_v2, feeds
from statuspages.languages import speaking, speaking_english
from statuspages.look import style_of
from statuspages.models import PageLogo, StatusPage
from statuspages.months import Month, MonthPage
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
MOST_A_MONTH = 8  # there; a month's own pages have them all
ON_A_PAGE = 20  # of those pages
HISTORY = Window(newest_months=MONTHS, most_a_month=MOST_A_MONTH + 1, has_bars=False)
MAINTENANCE = Window(past_maintenance=True, has_bars=False)


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


def window_of(asked: MonthPage) -> Window:
    """As far as that page shows the month, and one more."""
    return Window(month=asked.month, most_a_month=asked.page * ON_A_PAGE + 1, has_bars=False)


def history(shown: Shown, frame: Frame) -> Answer:
    """The newest months, of each the newest."""
    chosen = shown.months[:MONTHS]
    found = []
    for month in chosen:
        inside = _in_month(shown, month)
        found.append((_first_of(shown, month), inside[:MOST_A_MONTH], len(inside) > MOST_A_MONTH))
    return _history(shown, frame, {"found": found}, chosen)


def history_of(shown: Shown, frame: Frame, asked: MonthPage) -> Answer:
    """One of a month's own pages; the first has the newest."""
    first, after = (asked.page - 1) * ON_A_PAGE, asked.page * ON_A_PAGE
    inside = _in_month(shown, asked.month)
    if asked.month not in shown.months or not (inside[first:] or asked.page == 1):
        raise Missing
    context = {
        "found": [(_first_of(shown, asked.month), inside[first:after], False)],
        "later": asked.page - 1,
        "earlier": asked.page + 1 if inside[after:] else None,
    }
    return _history(shown, frame, context, [asked.month], "../" if asked.page == 1 else "../../")


def _history(
    shown: Shown, frame: Frame, context: dict[str, Any], chosen: list[Month], up: str = ""
) -> Answer:
    others = [_first_of(shown, month) for month in shown.months if month not in chosen]
    return _page("history", shown, frame, context | {"others": others}, up)


def _in_month(shown: Shown, month: Month) -> list[ShownIncident | ShownMaintenance]:
    inside: list[ShownIncident | ShownMaintenance] = [
        *(i for i in shown.incidents if _month(shown, i.announced_at) == month),
        *(
            m
            for m in shown.maintenances
            if m.is_over and not m.is_covered and _month(shown, m.starts_at) == month
        ),
    ]
    return sorted(inside, key=_happened_at, reverse=True)


def _first_of(shown: Shown, month: Month) -> datetime:
    return datetime(*month, 1, tzinfo=shown.page.zone)


def _month(shown: Shown, moment: datetime) -> Month:
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
    for month in shown.months:
        for number in range(ceil(len(_in_month(shown, month)) / ON_A_PAGE) or 1):
            asked = MonthPage(*month, number + 1)
            yield f"history/{asked}", history_of(shown, frame, asked)
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
