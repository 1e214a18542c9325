"""Asking a source over HTTP, in a worker: behind the guard, in little time, and for few bytes."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.utils import get_environ_proxies
from requests_hardened import Config, HTTPSession
from urllib3.exceptions import HTTPError

from notifications.channels.guard import Leash, outbound_to
from signals.models import DataSource, SignIn
from signals.sources.values import SilentError, UnreadableError, reason_in

CONNECT, SILENCE = 3.0, 5.0  # seconds
ALTOGETHER = 10.0  # seconds, however slowly it comes
MOST_BYTES = 2 * 1024 * 1024
CHUNK = 64 * 1024
REFUSED = (400, 404, 422)  # the source works, and does not take the query
_HARDENED = Config(
    ip_filter_enable=False,  # the guard decides: it knows the installation's allow-list
    ip_filter_allow_loopback_ips=False,
    never_redirect=True,
    default_timeout=(CONNECT, SILENCE),
    user_agent_override="Allclear",
)


def get(source: DataSource, url: str, params: Mapping[str, Any]) -> bytes:
    """The body of what the source answers.

    Raises SilentError where there is no answer, UnreadableError where the query is refused or the answer too large.
    """
    try:
        # What the library makes of an address is what it calls: other parsers may read another host in it.
        called = requests.Request("GET", url, params=dict(params)).prepare().url or ""
    except (requests.RequestException, UnicodeError) as error:
        raise SilentError("has an address that cannot be called") from error
    with outbound_to(urlsplit(called).hostname or "", within=ALTOGETHER) as leash:
        try:
            return _read(source, called, leash)
        except (requests.RequestException, HTTPError, UnicodeError, OSError) as error:
            raise SilentError(_reason(error, leash)) from error


def _read(source: DataSource, url: str, leash: Leash) -> bytes:
    with HTTPSession(_HARDENED) as session:
        session.trust_env = False  # no .netrc; a proxy of the environment is used, if it is allowed
        is_basic = source.sign_in == SignIn.BASIC
        with session.get(
            url,
            headers=_headers(source),
            auth=(source.user_name.encode(), source.secret.encode()) if is_basic else None,
            stream=True,
            proxies=get_environ_proxies(url),
        ) as response:
            body = _body(response)
    if leash.was_cut:
        raise TimeoutError
    _check_status(response, body)
    return body


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


def _check_status(response: requests.Response, body: bytes) -> None:
    status = response.status_code
    if status == 200:
        return
    if 300 <= status < 400:
        raise SilentError(f"answered {status}, a redirect, which is not followed")
    if status in (401, 403):
        raise SilentError(f"refused the sign-in ({status})")
    if status in REFUSED:
        told = reason_in(body) if _is_told(response) else ""
        raise UnreadableError(
            f"The query was refused: {told}" if told else f"The query was refused ({status})."
        )
    raise SilentError(f"answered {status}")


def _is_told(response: requests.Response) -> bool:
    """Whether the body is meant for people, and no page of some proxy."""
    return bool(re.match(r"application/json|text/plain", response.headers.get("Content-Type", "")))


def _reason(error: Exception, leash: Leash) -> str:
    """In words of our own: a library's text may repeat the address with what is secret in it."""
    if leash.was_pulled:
        return "has a private address that ALLCLEAR_OUTBOUND_ALLOW does not allow"
    if leash.was_cut:
        return f"did not answer within {ALTOGETHER:.0f} s"
    if isinstance(error, requests.exceptions.SSLError):
        return "has a certificate that cannot be verified"
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return f"could not be reached within {CONNECT:.0f} s"
    if isinstance(error, requests.exceptions.Timeout | TimeoutError):
        return f"did not answer within {SILENCE:.0f} s"
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return "sent an answer that cannot be unpacked"
    return "cannot be reached"
