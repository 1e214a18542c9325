"""What is measured: each page by name, and how to ask for it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

from bench.build import MANY
from bench.client import Answer, Client
from bench.routes import routes
from incidents.models import ChangeEvent, Incident, Status
from insights.questions import QUESTIONS

LOOKED_AT = 100  # incidents, to find the one that is measured


@dataclass(frozen=True)
class Page:
    name: str
    ask: Callable[[], Answer]


def pages(client: Client, administrator: Client) -> Iterator[Page]:
    """The floors, the pages with a budget, then every other address; a floor is as large as what it stands beside."""
    for name, ask in _budgeted(client):
        yield Page(name, ask)
    for name, path, who in routes(client, administrator):
        yield Page(f"/ {name}", partial(who.get, path))


def _budgeted(client: Client) -> Iterator[tuple[str, Callable[[], Answer]]]:
    listed = client.get("/incidents/")
    size = len(listed.body)
    deep = _deep(client)
    large = _large()
    usual, surrounded = _usual(has_alerts=False), _usual(has_alerts=True)
    asked = {
        "floor": f"/bench/floor/{size}/",
        "home": "/",
        "incidents": "/incidents/",
        "incidents, filtered": "/incidents/?status=closed&severity=2",
        "incidents, deep": deep,
        "incidents, search": "/incidents/?q=checkout",
        "incidents, two words": "/incidents/?q=checkout+answers",
        "incident, 20 events": usual,
        "incident, 20 events, alerts": surrounded,
        "incident, 500 events": large,
        "declare, form": "/declare",
    }
    yield from ((name, partial(client.get, path)) for name, path in asked.items())
    typed = {
        "palette": "/palette?q=checkout",
        "similar": "/declare/similar?title=Checkout+answers+slowly",
    }
    yield from ((name, partial(client.get, path, is_fragment=True)) for name, path in typed.items())
    yield "three inserts", partial(client.post, "/bench/inserts/", {})
    yield "declare", partial(_declare, client)
    measured = {
        "insights, floor": "/bench/durations/90/",
        "insights": "/insights/",
        "insights, all, floor": "/bench/durations/0/",
        "insights, all": "/insights/?period=all",
        "over time, floor": "/bench/months/365/",
        "over time": "/insights/over-time/",
        "over time, all, floor": "/bench/months/0/",
        "over time, all": "/insights/over-time/?period=all",
    }
    yield from ((name, partial(client.get, path)) for name, path in measured.items())
    for key in QUESTIONS:
        yield f"insights, all, {key}", partial(client.get, f"/insights/{key}/?period=all")


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


def _large() -> str:
    return f"/incidents/{Incident.objects.get(title=MANY).reference}/"


def _usual(*, has_alerts: bool) -> str:
    """A closed incident with twenty events: nothing else, or also alerts, hypotheses, a mitigation, evidence, tasks."""
    closed = Incident.objects.filter(status=Status.CLOSED, is_private=False).order_by("-number")
    newest = closed.filter(hypotheses__isnull=not has_alerts).distinct()[:LOOKED_AT]
    return f"/incidents/{next(i for i in newest if _has_changes(i) == has_alerts).reference}/"


def _has_changes(incident: Incident) -> bool:
    services = list(incident.affected_services.values_list("service", flat=True))
    began = incident.impact_started_at or incident.declared_at
    return bool(began) and ChangeEvent.objects.before(began, services=services).exists()


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
