"""PyGithub's own way to GitHub, on a session of ours: behind the guard, few bytes, no redirect, no retry, no pause."""

from typing import Any
from urllib.parse import urlsplit

from github.Auth import Token
from github.Requester import HTTPSRequestsConnectionClass, Requester, RequestsResponse

from trackers.kinds.http import Last, bounded_session, told_by_status

A_PAGE = 100


def addresses(url: str) -> tuple[str, str]:
    """Where people see it, and its API: github.com, a subdomain of ghe.com, or a server of one's own."""
    url = url.rstrip("/").removesuffix("/api/v3")
    parts = urlsplit(url)
    name = (parts.hostname or "").removeprefix("www.").removeprefix("api.")
    if name == "github.com" or name.endswith(".ghe.com"):
        return f"https://{name}", f"https://api.{name}"
    return url, f"{url}/api/v3"


def requester_of(api: str, token: str) -> tuple[Requester, Last]:
    """With the newest answer it got. The library takes classes of connections, for all of a class of requesters: so
    each requester has a class of its own."""
    session, last = bounded_session()
    origin = urlsplit(api)._replace(path="").geturl()

    class Connection(HTTPSRequestsConnectionClass):
        def __init__(self, host: str, *args: Any, **kwargs: Any) -> None:
            self.host, self.session = host, session

        def getresponse(self) -> RequestsResponse:
            answer = session.request(self.verb, f"{origin}{self.url}", headers=self.headers, data=self.input)
            # The library would follow a redirect wherever it leads, and ask again and again what is not ready.
            if 300 <= answer.status_code < 400 or answer.status_code == 202:
                raise told_by_status(last)
            return RequestsResponse(answer)

        def close(self) -> None:
            """Its session is used again."""

    class Ours(Requester):
        pass

    connection: Any = Connection  # for both schemes
    Ours.injectConnectionClasses(connection, connection)
    requester = Ours(
        auth=Token(token),
        base_url=api,
        timeout=0,
        user_agent="Allclear",
        per_page=A_PAGE,
        verify=True,
        retry=None,
        pool_size=None,
    )
    return requester, last
