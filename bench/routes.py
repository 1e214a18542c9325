"""Every named address of the product that answers a GET, filled in with records of the bench."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Team, User
from action_items.models import ActionItem
from alerts.models import Route
from api.registry import OPERATIONS
from bench.client import Client
from incidents.models import Incident, Service, StatusUpdate
from insights.questions import QUESTIONS
from insights.workflow import annotate
from integrations.models import Payload
from notifications.models import Channel
from retros.models import ContributingFactor, Learning, Retrospective, TimelineEntry
from statuspages.models import ScheduledMaintenance, StatusPage
from subscribers.models import Notice
from timeline.models import TimelineEvent
from trackers.models import Ticket

PERSON = "person1@example.test"
ADMINISTRATOR = "person0@example.test"
LEFT_OUT = {
    "a token or password that somebody must have": (
        "setup", "invitation_answer", "account_reset_password_from_key", "account_reset_password_from_key_done",
        "signed_brief", "outside_confirmation", "outside_unsubscription", "confirmation", "unsubscription",
        "endpoint_confirmation", "setup_organisation", "account_change_password",
    ),
    "a file or record that somebody must have asked for or sent before": (
        "export", "export_file", "import", "import_columns", "import_refusals", "insights_pdf", "insights_pdf_file",
        "pdf_export", "pdf_file", "evidence_file", "public_logo", "shown_logo", "public_style",
        "shown_style", "delivery_drop", "delivery_again", "event_again",
        "event_drop", "approval", "correction", "answer", "component_state", "objection", "session_invitation",
        "recovery_check", "learning_group", "message", "outside_question", "change", "catch_up", "demo", "demo_measurements", "demo_job", "demo_tickets",
        "demo_ticket", "demo_ticket_deletion", "demo_ticket_restoration",
        "component_group", "retrospective_format", "insights_report", "maintenance_series", "hint_word_deletion",
        "token_rotation", "token_revocation", "service_account",
        "alert_silence", "alert_silence_end", "payload_replay",
        "signal", "signal_deletion", "data_source", "data_source_test", "data_source_deletion", "signal_trial",
        "signal_capture", "expectation_removal",
        "automation", "automation_deletion", "automation_start", "automation_run", "run_confirmation", "run_refusal",
        "run_repetition",
    ),
    "of a kind of integration that the bench has none of": ("integration_mailbox", "integration_mapping"),
    "needs the key of a sender": (
        "hook", "hook_without_slash",
        *(f"{name}_{route}" for name in ("opsgenie", "jsm")
          for route in ("alerts", "alerts_with_slash", "count", "heartbeat", "request", "alert", "action")),
    ),
    "downloads everything there is, a row at a time": ("action_export",),
    "no page of the product": ("account_inactive", "account_logout", "api_nowhere"),
}  # fmt: skip
"""Routes without a figure, by the reason."""
API_LEFT_OUT = {
    "stream_events",  # served by ASGI without an end
    "export_action_items",  # downloads everything there is, a row at a time
    "get_incident_retrospective",  # the incident that is asked for has none
}
API_QUERIES = {"list_similar_incidents": "?title=Checkout+answers+slowly", "search": "?q=checkout"}
QUERIES = {
    "similar": "?title=Checkout+answers+slowly",
    "palette": "?q=checkout",
    "factor_suggestions": "?text=limit",
}


def routes(client: Client, administrator: Client) -> Iterator[tuple[str, str, Client]]:
    """(name, address, who asks): a responder, or an administrator where only they may."""
    left_out = {name for names in LEFT_OUT.values() for name in names}
    sample, wrong = _Samples(), []
    for pattern, prefix in _patterns(get_resolver().url_patterns):
        name = pattern.name
        if not name or name in left_out or name.startswith("api "):
            continue
        for more, arguments in sample.of(name, prefix, pattern):
            path = reverse(name, kwargs=arguments) + QUERIES.get(name, "")
            who = client
            answer = who.get(path)
            if answer.status == 403:
                who = administrator
                answer = who.get(path)
            if answer.status == 405:
                continue  # for forms only
            if answer.status not in (200, 302, 204):
                wrong.append(f"{name} answered {answer.status} at {path}")
                continue
            yield f"{name}{more}", path, who
    for name, path in _api_addresses(sample):
        who = client if client.get(path).status == 200 else administrator
        if (status := who.get(path).status) == 200:
            yield name, path, who
        else:
            wrong.append(f"{name} answered {status} at {path}")
    if wrong:
        raise RuntimeError("Say in LEFT_OUT why, or fill it in:\n" + "\n".join(wrong))


def _api_addresses(sample: "_Samples") -> Iterator[tuple[str, str]]:
    """What the API reads without a part in its address, or of one incident; and a page far down a list."""
    for operation in OPERATIONS:
        if (
            operation.method == "GET"
            and operation.name not in API_LEFT_OUT
            and operation.parts in ([], ["incident"])
        ):
            path = operation.path.replace("{incident}", sample.running.reference)
            yield f"API {operation.name}", f"/api/v1/{path}{API_QUERIES.get(operation.name, '')}"
    far = b64encode(urlencode({"p": str(Incident.objects.count() * 3 // 4)}).encode()).decode()
    yield "API list_incidents, far down", f"/api/v1/incidents?{urlencode({'cursor': far})}"


def _patterns(found: list[Any], prefix: str = "") -> Iterator[tuple[URLPattern, str]]:
    for one in found:
        here = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _patterns(one.url_patterns, here)
        elif not here.startswith("bench/"):
            yield one, here


class _Samples:
    """What the parts of an address stand for, depending on what it begins with."""

    def __init__(self) -> None:
        person = User.objects.get(email=PERSON)
        running = Incident.objects.active().filter(is_private=False).order_by("pk")
        self.running = next(i for i in running if i.commander == person)
        mine = Retrospective.objects.visible_to(person).filter(incident__isnull=False).order_by("-pk")
        self.published, self.draft = mine.published()[0], mine.unfinished()[0]
        items = ActionItem.objects.visible_to(person).filter(retrospective__isnull=False)
        self.ticket = Ticket.objects.filter(item__in=items, conflicts__isnull=False).order_by("pk")[0]
        self.page = StatusPage.objects.get(slug="bench")
        self.told = StatusUpdate.objects.published().order_by("-posted_at")[0]

    def of(self, name: str, prefix: str, pattern: URLPattern) -> Iterator[tuple[str, dict[str, Any]]]:
        """(what to add to the name, the arguments) of each address to measure."""
        if name in ("insights_question", "insights_csv"):
            for key in QUESTIONS:
                yield f" {key}", {"key": key}
            return
        route = get_resolver().reverse_dict.getlist(name)[-1]
        wanted = set(route[0][0][1])
        yield "", {part: self._value(part, name, prefix) for part in wanted}

    def _value(self, part: str, name: str, prefix: str) -> Any:
        """Plain values first; a number depends on whose it is."""
        plain = {
            "reference": self.running.reference,
            "form": "html"
            if prefix.startswith("^retrospectives")
            else "atom"
            if "status/" in prefix
            else "md",
            "part": "description",
            "kind": "addresses" if "subscriptions" in prefix else "services",
            "tag": "incidents",
            "slug": "commander" if name == "role" else "bench",
            "name": "factors" if "checks" in prefix else "summary",
            "section": "what_happened",
            "dimension": "customers",
            "audience": "public",
            "stage": "declared",
            "metric": "time_to_resolve",
            "month": (self.told.posted_at.year, self.told.posted_at.month),
        }
        if part in plain:
            return plain[part]
        if part == "code":
            kind, number = (
                ("maintenance", self._maintenance())
                if "maintenance" in name
                else ("incident", self.told.incident_id)
            )
            return self.page.code(kind, number)
        return self._number(part, name, prefix)

    def _number(self, part: str, name: str, prefix: str) -> int:
        whose: dict[str, Callable[[], int]] = {
            "retrospectives/": lambda: self._of_retrospective(part, name),
            "actions/": lambda: self._of_item(part),
            "settings/trackers/": lambda: (
                self.ticket.project_id if part == "project" else self.ticket.tracker_id
            ),
            "settings/people/": lambda: User.objects.order_by("pk")[5].pk,
            "settings/teams/": lambda: Team.objects.order_by("pk")[0].pk,
            "settings/catalogue/": lambda: Service.objects.order_by("pk")[0].pk,
            "status-pages/": lambda: self._of_page(name),
            "incidents/": lambda: self._of_incident(name),
            "alerts/": self._alert,
            "settings/alert-routes/": lambda: Route.objects.order_by("pk")[0].pk,
            "settings/integrations/": lambda: self._of_integration(part),
            "settings/channels/": lambda: Channel.objects.order_by("pk")[0].pk,
            "inbox/": lambda: Notice.objects.filter(person__email=PERSON).unread().order_by("-pk")[0].pk,
            "insights/": self._annotation,
        }
        found = next(
            (call for beginning, call in whose.items() if prefix.lstrip("^").startswith(beginning)), None
        )
        return found() if found else 1

    def _of_item(self, part: str) -> int:
        return self.ticket.pk if part == "ticket" else self.ticket.item_id

    def _of_retrospective(self, part: str, name: str) -> int:
        work = self.published if name in ("retrospective_version", "retrospective_detail") else self.draft
        inside: dict[str, Callable[[], int]] = {
            "pk": lambda: work.pk,
            "entry": lambda: TimelineEntry.objects.filter(retrospective=work)[0].pk,
            "service": lambda: work.incident.affected_services.all()[0].service_id,
            "participant": lambda: work.participants.all()[0].pk,
        }
        if part == "number" and name in ("factor", "factor_support"):
            return ContributingFactor.objects.filter(retrospective=work)[0].pk
        if part == "number" and name == "learning":
            return Learning.objects.filter(retrospective=work)[0].pk
        return inside.get(part, lambda: 1)()

    def _alert(self) -> int:
        return self.running.alerts.order_by("pk")[0].pk

    def _of_integration(self, part: str) -> int:
        """One that has received something."""
        payload = Payload.objects.order_by("-pk")[0]
        return payload.pk if part == "payload" else payload.integration_id

    def _of_incident(self, name: str) -> int:
        rows = {
            "hypothesis": self.running.hypotheses,
            "mitigation": self.running.mitigations,
            "task": self.running.tasks,
            "task_owner": self.running.tasks,
            "evidence_item": self.running.evidence,
        }
        if name in rows:
            return rows[name].all()[0].pk
        return TimelineEvent.objects.filter(incident=self.running).order_by("-pk")[0].pk

    def _of_page(self, name: str) -> int:
        if name.startswith("component"):
            return self.page.components.all()[0].pk
        return self._maintenance()

    def _annotation(self) -> int:
        """The same whenever it is asked for."""
        person = User.objects.get(email=PERSON)
        return annotate(by=person, day=self.told.posted_at.date(), words="New rota").pk

    def _maintenance(self) -> int:
        return ScheduledMaintenance.objects.filter(page=self.page)[0].pk
