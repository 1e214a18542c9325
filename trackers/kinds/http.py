"""What all clients share: sessions behind the guard that read few bytes, and what a failed call means."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from django.utils import timezone
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from core.text import shorten, visible
from notifications.channels.calls import Patience, session
from notifications.channels.guard import Leash, outbound_to
from trackers.face import Problem, TrackerError

PATIENCE = Patience(connect=5.0, silence=15.0, altogether=30.0)
MOST_BYTES = 8 * 1024 * 1024  # of one answer
LONGEST_WORDS = 200
UNREADABLE = "sent an answer that cannot be read"
SHORTEST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(hours=2)


class TooLargeError(requests.RequestException):
    """The answer has more bytes than are read."""


@dataclass
class Last:
    """The newest answer of a session: what its library may have hidden in an error of its own."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = ""
    session: requests.Session | None = field(default=None, repr=False)


class BoundedAdapter(HTTPAdapter):
    """Reads an answer at once, up to a limit, and notes its status."""

    def __init__(self, last: Last, *args: Any, **kwargs: Any) -> None:
        self.last = last
        super().__init__(*args, **kwargs)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        self.last.status, self.last.headers, self.last.method = 0, {}, request.method or ""
        kwargs["stream"] = True
        response: requests.Response = super().send(request, *args, **kwargs)
        body = bytearray()
        for chunk in response.iter_content(64 * 1024):
            body += chunk
            if len(body) > MOST_BYTES:
                response.close()
                raise TooLargeError(f"more than {MOST_BYTES} bytes")
        response._content = bytes(body)  # where the library keeps what it has read
        response._content_consumed = True
        self.last.status, self.last.headers = response.status_code, response.headers
        return response


def bounded_session() -> tuple[requests.Session, Last]:
    """A session that follows no redirect, with the newest answer it got."""
    made, last = session((PATIENCE.connect, PATIENCE.silence)), Last()
    last.session = made
    for scheme in ("https://", "http://"):
        made.mount(scheme, BoundedAdapter(last))
    return made, last


def in_pages(fetch: Callable[[int], list[Any]], *, size: int, most: int) -> list[Any]:
    """The rows of all pages, from page 1 on, until one is not full or there are `most`."""
    rows: list[Any] = []
    page = fetch(1)
    while len(page) == size and len(rows) + size < most:
        rows += page
        page = fetch(len(rows) // size + 1)
    return rows + page


@contextmanager
def calling(url: str, last: Last, library: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Behind the guard, and within the time. Whatever fails is a TrackerError; `library` are the errors of a client's
    library, which are told by the status of the newest answer.

    Connections end with it: the leash of the next call would not hold one that is open already.
    """
    with outbound_to(urlsplit(url).hostname or "", within=PATIENCE.altogether) as leash:
        try:
            yield
        except TrackerError:
            raise
        except library as error:
            raise told_by_status(last, str(error)) from error
        except (requests.RequestException, HTTPError, UnicodeError, OSError) as error:
            raise _silent(error, leash, last) from error
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
            raise TrackerError(Problem.UNREADABLE, UNREADABLE, may_have_run=_wrote(last)) from error
        finally:
            if last.session is not None:
                last.session.close()


def _silent(error: Exception, leash: Leash, last: Last) -> TrackerError:
    if isinstance(error, TooLargeError):
        return TrackerError(Problem.UNREADABLE, "sent an answer that is too large", may_have_run=_wrote(last))
    never_left = leash.was_pulled or isinstance(
        error, requests.exceptions.ConnectTimeout | requests.exceptions.SSLError
    )
    return TrackerError(
        Problem.UNREACHABLE,
        PATIENCE.why_silent(error, leash),
        may_have_run=_wrote(last) and not never_left,
    )


def parts_of(address: str, web: str) -> SplitResult | None:
    """Of the pasted address of a ticket at `web`; None where it is no address, but perhaps a key."""
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise TrackerError(Problem.REFUSED, "has no tickets with such an address") from error
    if not parts.scheme or not parts.netloc:
        return None
    if parts.netloc.lower().removeprefix("www.") != urlsplit(web).netloc.lower().removeprefix("www."):
        raise TrackerError(Problem.REFUSED, "has another address than this ticket")
    return parts


def led_to(last: Last, api: str) -> str | None:
    """Where a redirect leads, as what follows `api` in its address: what was renamed or moved is found there. None for
    any other place, which is not called."""
    if not 300 <= last.status < 400:
        return None
    try:
        place, base = urlsplit(urljoin(f"{api}/", last.headers.get("Location", ""))), urlsplit(api)
    except ValueError:
        return None
    if (place.scheme, place.netloc) != (base.scheme, base.netloc) or not place.path.startswith(
        f"{base.path}/"
    ):
        return None
    return place.path.removeprefix(base.path) + (f"?{place.query}" if place.query else "")


def told_by_status(last: Last, reason: str = "") -> TrackerError:
    """What an answer that is an error means. `reason` is what the tracker said, in its words."""
    status, reason = last.status, shorten(" ".join(visible(reason).split()), LONGEST_WORDS)
    if status == 429 or (status == 403 and _is_limit(last.headers)):
        return TrackerError(Problem.LIMITED, "limits requests", retry_at=_retry_at(last.headers))
    if status == 401:
        return TrackerError(Problem.SIGN_IN, "refused the sign-in (401). The token is wrong or has expired")
    if status == 403:
        return TrackerError(Problem.FORBIDDEN, "does not allow this (403)", is_answer=True)
    if status in (404, 410):
        return TrackerError(Problem.GONE, f"does not find it ({status})", is_answer=True)
    if status in (400, 409, 422):
        words = f"refused it: {reason}" if reason else f"refused it ({status})"
        return TrackerError(Problem.REFUSED, words, is_answer=True)
    if 300 <= status < 400:
        words = f"answered {status}, a redirect, which is not followed"
        return TrackerError(Problem.UNREACHABLE, f"{words}. Check the address", words_of_one=words)
    if status in (503,) and "Retry-After" in last.headers:
        return TrackerError(
            Problem.UNREACHABLE,
            "is not available (503)",
            retry_at=_retry_at(last.headers),
            may_have_run=_wrote(last),
        )
    if status >= 500:
        words = f"answered {status}"
        return TrackerError(Problem.UNREACHABLE, words, may_have_run=_wrote(last), words_of_one=words)
    return TrackerError(Problem.UNREADABLE, UNREADABLE, may_have_run=_wrote(last))


def _wrote(last: Last) -> bool:
    return last.method not in ("", "GET")


def _is_limit(headers: Mapping[str, str]) -> bool:
    """GitHub answers 403 to too many requests, too.

    Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
    """
    return "Retry-After" in headers or headers.get("X-RateLimit-Remaining") == "0"


def _retry_at(headers: Mapping[str, str]) -> datetime:
    """When it may be asked again: as it said, within reason; else in a minute."""
    now = timezone.now()
    told = _told_wait(headers, now)
    return now + min(max(told or timedelta(minutes=1), SHORTEST_WAIT), LONGEST_WAIT)


def _told_wait(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    after = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,7}", after):
        return timedelta(seconds=int(after))
    if after:
        try:
            return parsedate_to_datetime(after) - now
        except (ValueError, TypeError):
            return None
    for name in ("X-RateLimit-Reset", "RateLimit-Reset"):
        reset = headers.get(name, "").strip()
        if re.fullmatch(r"[0-9]{9,11}", reset):
            return datetime.fromtimestamp(int(reset), now.tzinfo) - now
    return None
