"""Which tracker the pasted address of a ticket is of."""

from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ValidationError

from trackers.models import Tracker, TrackerProject

MOST_NAMED = 5
"""Addresses that an error gives as examples."""


def tracker_of(address: str, chosen: Tracker | None = None) -> Tracker:
    """The tracker whose ticket has this address. `chosen` decides about a key, and between several at the same address.

    Raises ValidationError naming the field, `address` or `tracker`.
    """
    trackers = list(Tracker.objects.defer("found"))
    if not trackers:
        raise ValidationError("No tracker is set up yet. An administrator adds one in Settings → Trackers.")
    if not _is_address(address):
        usual = _working(trackers)
        if chosen is None and len(usual) > 1:
            raise ValidationError(
                {"tracker": "Choose the tracker that has this key, or paste the whole address."}
            )
        return chosen or usual[0]
    found = _at_the_address(address, trackers)
    if not found:
        raise ValidationError({"address": _foreign(trackers)})
    if chosen is not None and chosen in found:
        return chosen
    found = _working(found)
    if len(found) > 1:
        found = _with_its_project(address, found) or found
    if len(found) > 1:
        names = ", ".join(tracker.name for tracker in found)
        raise ValidationError({"tracker": f"Several trackers have this address: {names}. Choose one."})
    return found[0]


def _working(trackers: list[Tracker]) -> list[Tracker]:
    """Without those that are paused, if others are left."""
    return [tracker for tracker in trackers if tracker.paused_at is None] or trackers


def _is_address(text: str) -> bool:
    """Not a key, such as PAY-482 or acme/shop#12."""
    try:
        parts = urlsplit(text)
    except ValueError:  # such as https://[
        return True
    return bool(parts.scheme and parts.netloc)


def _at_the_address(address: str, trackers: Iterable[Tracker]) -> list[Tracker]:
    """Of one server with several, such as Jira below /jira, those with the longest path."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return []
    found = [
        (len(site.path), tracker)
        for tracker in trackers
        if _host(site := _site(tracker)) == _host(parts) and f"{parts.path}/".startswith(f"{site.path}/")
    ]
    longest = max((length for length, _ in found), default=0)
    return [tracker for length, tracker in found if length == longest]


def _with_its_project(address: str, trackers: Iterable[Tracker]) -> list[Tracker]:
    projects = TrackerProject.objects.filter(tracker__in=trackers, is_set_up=True).exclude(url="")
    having = {
        tracker
        for tracker, url in projects.values_list("tracker", "url")
        if address.lower().startswith(f"{url.lower().rstrip('/')}/")
    }
    return [tracker for tracker in trackers if tracker.pk in having]


def _site(tracker: Tracker) -> SplitResult:
    """Where people see its tickets: its API may have an address of its own."""
    parts = urlsplit((tracker.facts.site or tracker.url).rstrip("/").removesuffix("/api/v3"))
    return parts._replace(netloc=_host(parts))


def _host(parts: SplitResult) -> str:
    return parts.netloc.lower().removeprefix("www.").removeprefix("api.")


def _foreign(trackers: list[Tracker]) -> str:
    sites = dict.fromkeys(f"{_site(tracker).geturl()}/" for tracker in _working(trackers))
    known = " or ".join(list(sites)[:MOST_NAMED])
    return f"No tracker here has this address. Enter one that begins with {known}, or the key of the ticket."
