"""Asking SNS over HTTPS, in a worker: behind the guard, in little time, and for few bytes."""

import re
from urllib.parse import urlsplit

import requests
from requests.utils import get_environ_proxies
from urllib3.exceptions import HTTPError

from integrations.senders.signatures import SilentError
from notifications.channels.calls import Patience, session
from notifications.channels.guard import Leash, outbound_to

PATIENCE = Patience(connect=3.0, silence=5.0, altogether=10.0)
MOST_BYTES = 64 * 1024
ADDRESS = re.compile(
    r"https://(?P<host>sns\.[a-z0-9-]{3,30}\.amazonaws\.com(?:\.cn)?)/(?P<rest>[A-Za-z0-9._~%!$&'()*+,;=:@/?-]*)"
)
"""Of SNS itself: no other host, no port, no sign-in, no fragment. Read as a whole, so that no parser sees another host."""


class RefusedError(ValueError):
    """SNS answered, and not with what was asked for."""


def is_of_sns(url: str) -> bool:
    return ADDRESS.fullmatch(url) is not None


def get(url: str) -> bytes:
    """The body of what SNS answers at an address of its own.

    Raises SilentError where there is no answer, RefusedError where it is none of use.
    """
    if not is_of_sns(url):
        raise RefusedError("is no address of SNS")
    host = urlsplit(url).hostname or ""
    with outbound_to(host, within=PATIENCE.altogether) as leash:
        try:
            return _read(url, leash)
        except (requests.RequestException, HTTPError, UnicodeError, OSError) as error:
            raise SilentError(f"{host} {PATIENCE.why_silent(error, leash)}") from error


def _read(url: str, leash: Leash) -> bytes:
    with (
        session((PATIENCE.connect, PATIENCE.silence)) as calling,
        calling.get(url, stream=True, proxies=get_environ_proxies(url)) as response,
    ):
        body = bytearray()
        for chunk in response.iter_content(16 * 1024):
            body += chunk
            if len(body) > MOST_BYTES:
                raise RefusedError("sent an answer that is too large")
    if leash.was_cut:
        raise TimeoutError
    if response.status_code >= 500:
        raise SilentError(f"{urlsplit(url).hostname} answered {response.status_code}")
    if response.status_code != 200:
        raise RefusedError(f"answered {response.status_code}")
    return bytes(body)
