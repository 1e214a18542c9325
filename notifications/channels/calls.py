"""What every call to an address of somebody's choice has in common, beside the guard."""

from collections.abc import Mapping
from typing import Any

import requests
from requests_hardened import Config, HTTPSession


class Calls(HTTPSession):
    """Looks at no redirect at all.

    A library that does not follow one still reads its whole body into the memory, and where it leads.
    """

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


def session(timeout: tuple[float, float]) -> Calls:
    """Follows no redirect and reads no .netrc. `timeout`: seconds to connect, seconds of silence."""
    hardened = Config(
        ip_filter_enable=False,  # the guard decides: it knows the installation's allow-list and covers every library
        ip_filter_allow_loopback_ips=False,
        never_redirect=True,
        default_timeout=timeout,
        user_agent_override="Allclear",
    )
    made = Calls(hardened)
    made.trust_env = (
        False  # a proxy of the environment is used where the caller names it, if the guard allows it
    )
    return made


def called(method: str, url: str, params: Mapping[str, Any] | None = None) -> str:
    """What the library makes of an address, which is what it calls: other parsers may read another host in it.

    Raises requests.RequestException or UnicodeError where it cannot be called.
    """
    return requests.Request(method, url, params=dict(params or {})).prepare().url or ""
