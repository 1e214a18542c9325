"""What the generated requests of the API are about: the demo, the addresses of its records, and their real values."""

from datetime import timedelta
from functools import cache
from itertools import islice
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import SCOPES, InstallationRole, User
from accounts.workflow import create_token
from action_items.models import ActionItem
from alerts.models import Alert
from api.registry import OPERATIONS, PARTS, Operation
from incidents.models import Incident, Status
from integrations.workflow import process_payload
from notifications.models import OutboxMessage
from retros.models import DocumentVersion, Retrospective, RetrospectiveStatus
from signals.models import Signal
from signals.samples import keep_samples
from subscribers.models import Notice, NotificationKind
from tests.api.client import ApiClient
from trackers.models import Ticket, TicketState, Tracker, TrackerPerson, TrackerProject

LISTS = {one.path for one in OPERATIONS if one.method == "GET" and (one.is_list or one.many)}
OTHERS = (InstallationRole.RESPONDER, InstallationRole.STAKEHOLDER)
MOST, DEEP, CHILDREN = 12, 6, 2
"""How many addresses requests of an operation have, of those with several parts, and of one incident, page, …"""


class World:
    """The demo and what it lacks, asked by an administrator who sees everything."""

    def __init__(self) -> None:
        self.admin = User.objects.administrators().first()
        self.admin.time_zone = "Pacific/Honolulu"  # where the first times there are cannot be shown
        self.admin.save()
        others = [User.objects.filter(installation_role=role).active().first() for role in OTHERS]
        self.tokens = [_token(person) for person in (self.admin, *others)]
        self.client = ApiClient(self.tokens[0])
        self.known: dict[str, dict[str, str]] = {}
        """Part → an address of what stands in no list, or in one of many that are empty."""
        self._add_what_the_demo_lacks()

    def token_for(self, case: Any) -> str:
        """Mostly the administrator's; which one depends on the request alone."""
        return Random(f"{case.path_parameters} {case.query} {case.body}").choices(self.tokens, [8, 1, 1])[0]

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        made = self.client.post(path, body)
        assert self.client.status == 201, made
        return made

    def _add_what_the_demo_lacks(self) -> None:
        incident = Incident.objects.filter(status=Status.FIXING).first()
        assert incident is not None
        at = f"incidents/{incident.reference}"
        self.post(f"{at}/brief-links", audience="stakeholders")
        self.post(f"{at}/recovery-checks", kind="confirmation", title="Orders are as many as last week")
        channel = self.post("channels", name="Duty room", kind="webhook", url="https://hooks.example.org/1")
        sent = self.post(f"channels/{channel['channel']['id']}/test")
        self.known["delivery"] = {"delivery": str(sent["id"])}
        self.post("hint-words", words="should have", ask="What made it seem right?")
        self.post("exports")
        self.post("insights/annotations", day="2026-01-05", words="On-call by team")
        self.post("insights/files", key="faster")
        self.post("invitations", emails=["new@fernhill.example"])
        self.post("link-templates", label="Logs", url_template="https://logs.example.org/{reference}")
        self.post("me/reports", every="week")
        self.post("me/saved-views", name="Mine", query="is:open")
        self.post("outside-addresses", email="reader@example.org", audience="stakeholders")
        self.post("subscriptions", person=self.admin.email, audience="executives")
        account = self.post("service-accounts", name="Pipeline")
        self.post(f"service-accounts/{account['id']}/tokens", name="deploy", scopes=["incidents:read"])
        sender = self.post("integrations", kind="generic", name="Monitoring")["integration"]
        process_payload(self.post(f"integrations/{sender['id']}/test")["id"])  # an alert
        self._silence_alert()
        self._add_signals(incident)
        self._add_automations(incident)
        self._add_tickets()
        self.post("alert-routes", name="Checkout", becomes="suspect", labels=["cluster = eu-*"])
        self._add_to_retrospectives()
        self._send_file()
        now = timezone.now()
        OutboxMessage.objects.create(
            topic="incident.declared", subject=incident.chain, due_at=now, dead_at=now
        )
        Notice.objects.create(person=self.admin, kind=NotificationKind.DUTY, title="Yours", url="/")

    def _silence_alert(self) -> None:
        source = self.post(
            "data-sources", kind="alertmanager", name="Alertmanager", url="https://am.example.org"
        )
        sender = self.post("integrations", kind="alertmanager", name="Cluster")["integration"]
        self.client.patch(f"integrations/{sender['id']}", {"silenced_in": source["name"]})
        payload = self.post(f"integrations/{sender['id']}/test")
        process_payload(payload["id"])
        alert = Alert.objects.get(integration=sender["id"])
        Alert.objects.filter(pk=alert.pk).update(is_test=False)
        until = (timezone.now() + timedelta(hours=1)).isoformat()
        self.post(f"alerts/{alert.pk}/silences", labels=["alertname"], until=until)

    def _add_signals(self, incident: Incident) -> None:
        at = f"incidents/{incident.reference}"
        source = self.post(
            "data-sources", name="Prometheus", kind="prometheus", url="https://prometheus.example.org"
        )
        self.post(f"data-sources/{source['id']}/queries", query="up")
        service = incident.affected_services.earliest("pk").service
        said = {"name": "Timeouts", "source": "Prometheus", "query": "sum(up)", "unit": "%"}
        signal = self.post("signals", service=service.slug, range_kind="fixed", high=1, **said)
        minute = int(timezone.now().timestamp()) // 60 * 60
        keep_samples(Signal.objects.get(pk=signal["id"]), {minute - 60 * n: 0.5 for n in range(1, 9)})
        step = incident.mitigations.earliest("pk")
        self.post(f"{at}/predictions", signal=signal["id"], mitigation=step.pk)

    def _add_automations(self, incident: Incident) -> None:
        service = incident.affected_services.earliest("pk").service
        said = {"service": service.slug, "url": "https://ci.example.org/run"}
        self.post("automations", name="Switch on", **said)
        made = self.post(
            "automations", name="Switch off", reversed_by="Switch on", needs_confirmation=True, **said
        )
        self.post(f"incidents/{incident.reference}/automations/{made['id']}/runs")

    def _add_tickets(self) -> None:
        """Nothing asks the tracker: what a worker would have found is written here."""
        made = self.post(
            "trackers", kind="redmine", name="Backlog", url="https://redmine.example.org", secret="key"
        )
        tracker = Tracker.objects.get(pk=made["id"])
        tracker.found = {"account": ["1", "Allclear Bot"], "projects": [["10", "Shop"], ["20", "Pay"]]}
        tracker.save(update_fields=["found"])
        project = self.post(f"trackers/{tracker.pk}/projects", id_there="10")
        states = {"choices": [["1", "New"]], "means": {"1": "open"}, "sets": {"open": "1"}}
        TrackerProject.objects.filter(pk=project["id"]).update(states=states)
        TrackerPerson.objects.create(tracker=tracker, remote_id="2", name="Dana")
        item = ActionItem.objects.order_by("pk").last()
        assert item is not None
        self.add_ticket(item.reference, "SHOP-12", state="New")

    def add_ticket(self, item: str, key: str, *, state: str, **said: Any) -> None:
        """A linked one with two conflicts: the one that requests are about."""
        project = TrackerProject.objects.earliest("pk")
        made = self.post(f"action-items/{item}/tickets", project=project.pk, **said)
        ticket = Ticket.objects.get(pk=made["id"])
        ticket.state, ticket.key, ticket.remote_id = TicketState.LINKED, key, key
        ticket.remote = {"raw": {"state": "1"}, "names": {"state": state}}
        ticket.save()
        conflict = ticket.conflicts.create(field="title", ours=state, theirs=state, used_theirs=True)
        ticket.conflicts.create(field="owner", ours=str(self.admin.pk), theirs="", used_theirs=False)
        self.known["ticket"] = {"item": item, "ticket": str(ticket.pk)}
        self.known["ticket_conflict"] = self.known["ticket"] | {"ticket_conflict": str(conflict.pk)}

    def _add_to_retrospectives(self) -> None:
        draft = (
            Retrospective.objects.exclude(status=RetrospectiveStatus.PUBLISHED).exclude(entries=None).first()
        )
        done = Retrospective.objects.filter(status=RetrospectiveStatus.PUBLISHED).first()
        assert draft is not None
        assert done is not None
        at = {"retrospective": str(draft.pk), "document": "summary"}
        comment = self.post(
            f"retrospectives/{draft.pk}/sections/summary/comments", text="Say how many orders."
        )
        self.known["comment"] = at | {"comment": str(comment["id"])}
        entry = draft.entries.filter(removed_at=None).first()
        assert entry is not None
        self.client.delete(f"retrospectives/{draft.pk}/timeline/{entry.pk}")
        version = DocumentVersion.objects.select_related("document").first()
        self.known["section_version"] = {
            "retrospective": str(version.document.retrospective_id),
            "document": version.document.section,
            "section_version": str(version.number),
        }
        pdf = self.post(f"retrospectives/{done.pk}/pdf-exports")
        self.known["pdf_export"] = {"read": str(done.pk), "pdf_export": str(pdf["id"])}

    def _send_file(self) -> None:
        file = SimpleUploadedFile("old.csv", b"id,title,started_at\n1,Old trouble,2025-03-01T10:00:00Z\n")
        answer = self.client.client.post(
            "/api/v1/imports",
            {"format": "csv", "file": file},
            headers={"Authorization": f"Bearer {self.client.token}"},
        )
        assert answer.status_code == 201, answer.content

    # -- addresses ------------------------------------------------------------------------------------------

    @cache  # noqa: B019 - there is one world in a process
    def addresses(self, path: str) -> list[dict[str, str]]:
        """Values for all parts of an address, each of a record that is there."""
        pieces = path.split("/")
        places = [place for place, piece in enumerate(pieces) if piece.startswith("{")]
        if not places:
            return [{}]
        name, before = pieces[places[-1]][1:-1], "/".join(pieces[: places[-1]])
        if name in self.known:
            return [self.known[name]]
        parents = self.addresses(before)
        found = (known | {name: value} for known in parents for value in self._values(name, before, known))
        return list(islice(found, DEEP if len(places) > 1 else MOST))

    def _values(self, name: str, path: str, known: dict[str, str]) -> list[str]:
        part = PARTS[name]
        if part.choices:
            return list(part.choices)
        if part.same:
            return [value[part.same] for value in self.addresses(_address(part.same))]
        rows = self._rows(path, filled(path, known), "?state=removed" if name == "removed_entry" else "")
        return [str(row[part.key]) for row in rows[: CHILDREN if known else MOST]]

    @cache  # noqa: B019 - there is one world in a process
    def _rows(self, path: str, address: str, query: str) -> list[Any]:
        if path not in LISTS:
            return []
        headers = {"Authorization": f"Bearer {self.client.token}"}
        return self.client.client.get(f"/api/v1/{address}{query}", headers=headers).json()["results"]


def _token(person: User) -> str:
    allowed = [scope for scope in SCOPES if scope != "admin" or person.is_administrator]
    return create_token(by=person, name="all", scopes=allowed, reaches_private=True)[1]


def as_described(known: dict[str, str]) -> dict[str, str]:
    """The same by the names that the description has for parts of addresses."""
    return {PARTS[name].described_name: value for name, value in known.items()}


def described_path(operation: Operation) -> str:
    return "/api/v1/" + filled(
        operation.path, {name: f"{{{PARTS[name].described_name}}}" for name in operation.parts}
    )


def filled(path: str, known: dict[str, str]) -> str:
    for name, value in known.items():
        path = path.replace(f"{{{name}}}", value)
    return path


@cache
def _address(name: str) -> str:
    """The shortest address that ends with the part."""
    return min((one.path for one in OPERATIONS if one.path.endswith(f"{{{name}}}")), key=len)
