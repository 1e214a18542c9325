"""What every call to an address of somebody's choice has in common, beside the guard."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from requests_hardened import Config, HTTPSession

from notifications.channels.guard import Leash


class Calls(HTTPSession):
    """Looks at no redirect at all.

    A library that does not follow one still reads its whole body into the memory, and where it leads.
    """

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


@dataclass(frozen=True)
class Patience:
    """Seconds to connect, seconds of silence, and seconds altogether, however slowly it comes."""

    connect: float
    silence: float
    altogether: float

    def why_silent(self, error: Exception, leash: Leash) -> str:
        """Why there is no answer, after the name of whoever was asked.

        In words of our own: a library's text may repeat the address with what is secret in it.
        """
        if leash.was_pulled:
            return "has a private address that ALLCLEAR_OUTBOUND_ALLOW does not allow"
        if leash.was_cut:
            return f"did not answer within {self.altogether:.0f} s"
        if isinstance(error, requests.exceptions.SSLError):
            return "has a certificate that cannot be verified"
        if isinstance(error, requests.exceptions.ConnectTimeout):
            return f"could not be reached within {self.connect:.0f} s"
        if isinstance(error, requests.exceptions.Timeout | TimeoutError):
            return f"did not answer within {self.silence:.0f} s"
        if isinstance(error, requests.exceptions.ContentDecodingError):
            return "sent an answer that cannot be unpacked"
        return "cannot be reached"


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
