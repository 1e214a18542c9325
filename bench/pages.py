"""What is measured: each page by name, and how to ask for it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import uuid4

from bench.client import Answer, Client

NEXT_PAGE = r'href="(\?[^"]*)"[^>]*rel="next"|rel="next"[^>]*href="(\?[^"]*)"'


@dataclass(frozen=True)
class Page:
    name: str
    ask: Callable[[Client], Answer]


def pages(client: Client, insights: bool) -> Iterator[Page]:
    """The pages of this build; the floor is as large as the list it stands beside."""
    listed = client.get("/incidents/")
    size = len(listed.body)
    deep = _deep(client)
    large = _reference(client, "The one with many events")
    usual = client.get("/incidents/?status=closed").first(r'href="(/incidents/INC-\d+/)"')
    yield Page("floor", lambda c: c.get(f"/bench/floor/{size}/"))
    yield Page("home", lambda c: c.get("/"))
    yield Page("incidents", lambda c: c.get("/incidents/"))
    yield Page("incidents, filtered", lambda c: c.get("/incidents/?status=closed&severity=2"))
    yield Page("incidents, deep", lambda c: c.get(deep))
    yield Page("incidents, search", lambda c: c.get("/incidents/?q=checkout"))
    yield Page("palette", lambda c: c.get("/palette?q=checkout"))
    yield Page("incident, 20 events", lambda c: c.get(usual))
    yield Page("incident, 500 events", lambda c: c.get(large))
    yield Page("declare, form", lambda c: c.get("/declare"))
    yield Page("three inserts", lambda c: c.post("/bench/inserts/", {}))
    yield Page("declare", _declare)
    if insights:
        yield Page("insights, floor", lambda c: c.get("/bench/durations/90/"))
        yield Page("insights", lambda c: c.get("/insights/"))
        yield Page("insights, all, floor", lambda c: c.get("/bench/durations/0/"))
        yield Page("insights, all", lambda c: c.get("/insights/?period=all"))


def _deep(client: Client) -> str:
    """The address of the list some pages further down, as somebody leafing would come to it."""
    path = "/incidents/?status=closed"
    for _ in range(12):
        answer = client.get(path)
        try:
            path = "/incidents/" + answer.first(r'href="(\?[^"]*)"[^>]*\brel="next"').replace("&amp;", "&")
        except LookupError:
            break
    return path


def _reference(client: Client, title: str) -> str:
    from incidents.models import Incident

    return f"/incidents/{Incident.objects.get(title=title).reference}/"


def _declare(client: Client) -> Answer:
    """Only the answer to the form counts; the form is fetched before."""
    form = client.get("/declare")
    severity = form.first(r'name="severity"[^>]*value="(\d+)"')
    token = (
        form.first(r'name="form_token"[^>]*value="([^"]+)"') if "form_token" in form.body else str(uuid4())
    )
    data = {"title": "Bench: checkout answers slowly", "severity": severity, "form_token": token}
    answer = client.post("/declare", data | {"takes_command": "on"})
    if answer.status != 302:
        raise RuntimeError(f"declaring answered {answer.status}: {answer.body[:500]}")
    return answer
