"""Asking a source over HTTP, in a worker: behind the guard, in little time, and for few bytes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.utils import get_environ_proxies
from urllib3.exceptions import HTTPError

from notifications.channels.calls import Patience, called, session
from notifications.channels.guard import Leash, outbound_to
from signals.models import DataSource, SignIn
from signals.sources.values import SilentError, UnreadableError, reason_in

PATIENCE = Patience(connect=3.0, silence=5.0, altogether=10.0)
MOST_BYTES = 2 * 1024 * 1024
CHUNK = 64 * 1024
REFUSED = (400, 404, 422)  # the source works, and does not take the query


@dataclass(frozen=True)
class Answered:
    """What a source answered, whatever it is."""

    status: int
    body: bytes
    is_text: bool  # JSON or plain text, and no page of some proxy

    def reason(self) -> str:
        """What it says is wrong, in at most 200 characters; "" where it says nothing to people."""
        return reason_in(self.body) if self.is_text else ""


def get(source: DataSource, url: str, params: Mapping[str, Any]) -> bytes:
    """The body of what the source answers.

    Raises SilentError where there is no answer, UnreadableError where the query is refused or the answer too large.
    """
    answer = exchange(source, "GET", url, params=params)
    if answer.status == 200:
        return answer.body
    if answer.status in REFUSED:
        told = answer.reason()
        raise UnreadableError(
            f"The query was refused: {told}" if told else f"The query was refused ({answer.status})."
        )
    raise SilentError(silence_of(answer))


def exchange(
    source: DataSource, method: str, url: str, *, params: Mapping[str, Any] | None = None, sent: Any = None
) -> Answered:
    """One request to a source, with `sent` as JSON, and its answer of any status.

    Raises SilentError where there is no answer, UnreadableError where it is too large.
    """
    try:
        address = called(method, url, params)
    except (requests.RequestException, UnicodeError) as error:
        raise SilentError("has an address that cannot be called") from error
    with outbound_to(urlsplit(address).hostname or "", within=PATIENCE.altogether) as leash:
        try:
            return _exchanged(source, method, address, sent, leash)
        except (requests.RequestException, HTTPError, UnicodeError, OSError) as error:
            raise SilentError(PATIENCE.why_silent(error, leash)) from error


def _exchanged(source: DataSource, method: str, url: str, sent: Any, leash: Leash) -> Answered:
    with session((PATIENCE.connect, PATIENCE.silence)) as calling:
        is_basic = source.sign_in == SignIn.BASIC
        with calling.request(
            method,
            url,
            headers=_headers(source),
            auth=(source.user_name.encode(), source.secret.encode()) if is_basic else None,
            json=sent,
            stream=True,
            proxies=get_environ_proxies(url),
        ) as response:
            body = _body(response)
    if leash.was_cut:
        raise TimeoutError
    is_text = re.match(r"application/json|text/plain", response.headers.get("Content-Type", ""))
    return Answered(response.status_code, body, bool(is_text))


def silence_of(answer: Answered) -> str:
    """Why an answer is none, as the end of a sentence after the source's name."""
    if 300 <= answer.status < 400:
        return f"answered {answer.status}, a redirect, which is not followed"
    if answer.status in (401, 403):
        return f"refused the sign-in ({answer.status})"
    return f"answered {answer.status}"


def _headers(source: DataSource) -> dict[str, str]:
    headers = {"Accept": "application/json"}
    if source.sign_in == SignIn.BEARER:
        headers["Authorization"] = f"Bearer {source.secret}"
    if source.tenant:
        headers["X-Scope-OrgID"] = source.tenant
    return headers


def _body(response: requests.Response) -> bytes:
    body = bytearray()
    for chunk in response.iter_content(CHUNK):
        body += chunk
        if len(body) > MOST_BYTES:
            raise UnreadableError(f"The answer is larger than {MOST_BYTES // 2**20} MB.")
    return bytes(body)
