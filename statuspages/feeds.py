"""Atom and RSS: what a page shows, for programs that come back for it."""

from datetime import datetime
from urllib.parse import urlsplit

from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from statuspages.languages import dated
from statuspages.view_models import Shown, ShownIncident, ShownMaintenance, ShownUpdate

MOST = 25


class _Dated(SyndicationFeed):
    """A feed that is as old as the page, also where it has no entry; the library would say now."""

    def latest_post_date(self) -> datetime:
        changed_at: datetime = self.feed["changed_at"]
        return changed_at


class _Atom(_Dated, Atom1Feed):
    pass


class _Rss(_Dated, Rss201rev2Feed):
    pass


FEEDS: dict[str, type[SyndicationFeed]] = {"atom": _Atom, "rss": _Rss}


def history(shown: Shown, form: str) -> str:
    """The newest incidents and maintenances; an entry is renewed with every update."""
    root = shown.page.root
    feed = FEEDS[form](
        title=shown.page.shown_name,
        link=f"{root}/",
        description=shown.page.about
        or gettext("Incidents and maintenance of %(name)s") % {"name": shown.page.name},
        language=shown.page.language,
        feed_url=f"{root}/history.{form}",
        feed_guid=f"{root}/",
        changed_at=shown.changed_at,
    )
    entries: list[tuple[ShownIncident | ShownMaintenance, str]] = [
        *((incident, "incidents") for incident in shown.incidents),
        *((m, "maintenances") for m in shown.listed if m.updates),
    ]
    entries.sort(key=lambda entry: entry[0].updates[0].at, reverse=True)
    for entry, folder in entries[:MOST]:
        link = f"{root}/{folder}/{entry.code}"
        feed.add_item(
            title=entry.title,
            link=link,
            description=_told(entry),
            unique_id=f"tag:{urlsplit(root).hostname},2026:{folder}/{entry.code}",
            unique_id_is_permalink=False,
            pubdate=entry.updates[-1].at if form == "atom" else entry.updates[0].at,  # RSS knows one date
            updateddate=entry.updates[0].at,
        )
    return feed.writeString("utf-8")


def _told(entry: ShownIncident | ShownMaintenance) -> SafeString:
    window = (
        format_html(
            "<p>{}</p>",
            gettext("%(start)s to %(end)s") % {"start": dated(entry.starts_at), "end": dated(entry.ends_at)},
        )
        if isinstance(entry, ShownMaintenance)
        else ""
    )
    return format_html("{}{}", window, format_html_join("", "{}", ((_update(u),) for u in entry.updates)))


def _update(update: ShownUpdate) -> SafeString:
    html = format_html("<del>{}</del>", update.html) if update.corrected_at else update.html
    return format_html("<p><strong>{}</strong>, {}</p>{}", update.status_words, dated(update.at), html)
