"""Who has access to which route, with which method. A route that is not in this table fails tests/test_access.py.

Add a line per route name:

    "timeline": Row(get=SIGNED_IN, post=RESPONDERS),
    "task": Row(post=RESPONDERS, pk=lambda w, incident: add_task(incident=incident, by=w.commander, title="x").pk),

`get` and `post` name the roles that get through; everybody else gets 403, the anonymous are sent to sign in,
and `None` means that the method does not exist (405). A route under `incidents/<reference>/` is walked twice: on
an open incident by these rules, and on a private one, which exists for nobody but its commander.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.contrib.sessions.models import Session
from django.core import signing
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

import history.models
from accounts.models import InstallationRole, Team, User
from accounts.workflow import add_service_account, create_token, invite_people, issue_setup_link
from action_items.workflow import add_action_item
from alerts.models import Alert, Silence
from alerts.workflow import add_alert_route
from automations.models import Automation, AutomationRun
from automations.workflow import add_automation, run_automation
from history.tasks import carry_on_imports
from history.workflow import start_import
from incidents.brief_address import signed
from incidents.models import BriefLink, Mitigation, Service, Severity, StatusUpdate
from incidents.workflow import (
    add_person,
    add_recovery_check,
    add_task,
    create_brief_link,
    post_status_update,
    raise_hypothesis,
    record_change,
    record_mitigation,
    set_service_impact,
)
from insights.models import InsightsPdf
from insights.workflow import annotate
from integrations.models import Integration
from integrations.workflow import create_integration, process_payload, receive, send_test
from notifications.models import Delivery, OutboxMessage
from notifications.workflow import add_channel, deliver, enqueue
from retros.checks import checks
from retros.models import Document, Export, Learning, Retrospective
from retros.workflow import (
    add_comment,
    add_contributing_factor,
    add_entry,
    add_format,
    add_hint_word,
    add_learning,
    add_learning_group,
    add_participants,
    ask_reviewer,
    keep_version,
    open_section,
    publish_retrospective,
    remove_entry,
    reveal_learnings,
    save_text,
    start_retrospective,
    start_review,
    waive_check,
)
from signals.models import DataSource, Signal
from signals.samples import keep_samples
from signals.workflow import add_data_source, add_signal, expect_of_signal, try_query
from statuspages.models import (
    Component,
    ComponentGroup,
    MaintenanceSeries,
    ScheduledMaintenance,
    StatusPage,
)
from statuspages.public_routes import version_in
from statuspages.workflow import keep_component, keep_group, keep_look, keep_page, schedule_maintenance
from statuspages.workflow.subscribing import CONFIRM_SALT
from subscribers.links import confirmation_url, unsubscribe_url
from subscribers.models import Notice, OutsideAddress
from subscribers.recipients import Recipient
from subscribers.workflow import follow, invite_outside, wish_report
from tests.made_events import Made
from timeline.workflow import attach_evidence, write_event
from trackers.models import Ticket, TicketConflict, TicketState, Tracker, TrackerPerson, TrackerProject
from trackers.workflow import add_tracker

ANONYMOUS, STAKEHOLDER, RESPONDER, COMMANDER, OUTSIDER, ADMIN = (
    "anonymous",
    "stakeholder",
    "responder",
    "commander",
    "outsider",
    "admin",
)
ROLES = (ANONYMOUS, STAKEHOLDER, RESPONDER, COMMANDER, OUTSIDER, ADMIN)
SIGNED_IN = frozenset({STAKEHOLDER, RESPONDER, COMMANDER, OUTSIDER, ADMIN})
EVERYBODY = SIGNED_IN | {ANONYMOUS}
RESPONDERS = SIGNED_IN - {STAKEHOLDER}
ADMINS = frozenset({ADMIN})
COMMANDERS = frozenset({COMMANDER})
IN_CHARGE = frozenset({COMMANDER, ADMIN})


@dataclass(frozen=True)
class Row:
    get: frozenset[str] | None = None
    post: frozenset[str] | None = None
    pk: Callable[[Any, Any], Any] | None = None  # (world, incident) → the number in the address
    more: dict[str, Any] = field(default_factory=dict)  # further parts of the address; callables are called
    query: str = ""
    may_miss: frozenset[str] = frozenset()  # roles that get through the door and find nothing there (404)

    def kwargs(self, world: Any, incident: Any) -> dict[str, Any]:
        values = {
            name: value(world, incident) if callable(value) else value for name, value in self.more.items()
        }
        return values | ({"pk": self.pk(world, incident)} if self.pk else {})


# -- things an address needs to point at; `w` is the cast ---------------------------------------------------


def hypothesis(w, incident) -> int:
    return raise_hypothesis(incident=incident, by=w.commander, claim="Pool too small").pk


def mitigation(w, incident) -> int:
    return record_mitigation(incident=incident, by=w.commander, text="Roll back").pk


def change(w, incident) -> int:
    return record_change(incident=incident, by=w.commander, title="v231", at=timezone.now()).pk


def task(w, incident) -> int:
    return add_task(incident=incident, by=w.commander, title="Ask the provider").pk


def check(w, incident) -> int:
    return add_recovery_check(incident=incident, by=w.commander, title="Errors are low", kind="test").pk


def event(w, incident) -> int:
    return write_event(incident=incident, by=w.commander, text="Looked at the graphs").pk


def question(w, incident) -> int:
    return write_event(incident=incident, by=w.commander, text="Since when?", kind="question").pk


def evidence(w, incident, *, file: Any = None) -> int:
    return attach_evidence(
        incident=incident,
        by=w.commander,
        kind="log",
        title="Log",
        body="" if file else "x",
        file=file,
        file_type="text/plain" if file else "",
    ).pk


def evidence_with_file(w, incident) -> int:
    return evidence(w, incident, file=ContentFile(b"x", name="x.txt"))


def update(w, incident) -> int:
    in_a_while = timezone.now() + timedelta(minutes=30)
    return post_status_update(
        incident=incident,
        by=w.commander,
        audiences=["stakeholders"],
        known="Slow",
        unknown="Why",
        next_update_at=in_a_while,
    ).pk


def waiting(w, incident) -> int:
    """An update that waits for its approval."""
    StatusUpdate.objects.filter(pk=(pk := update(w, incident))).update(state="awaiting")
    return pk


def retrospective(w, incident) -> int:
    """Of an incident of everybody's; stakeholders read it once it is published."""
    return start_retrospective(incident=incident or w.incident, by=w.commander, owner=w.commander).pk


def own_format(w, _incident) -> int:
    columns = [("Go", "", "star"), ("No", "", "flag")]
    return add_format(by=w.admin, name=f"Own {uuid4()}", columns=columns).pk


def participant(w, incident) -> int:
    found = Retrospective.objects.get(pk=retrospective(w, incident))
    add_participants(retrospective=found, by=w.commander, people=[w.responder])
    return found.participants.get().pk


def reviewed(w, incident) -> int:
    """In review, and the responder is asked."""
    found = Retrospective.objects.get(pk=retrospective(w, incident))
    if found.status == "collecting":
        start_review(retrospective=found, by=w.commander, reason="x")
        ask_reviewer(retrospective=found, by=w.commander, reviewer=w.responder)
    return found.pk


def published(w, incident) -> int:
    pk = reviewed(w, incident)
    found = Retrospective.objects.get(pk=pk)
    for check in checks(found) if not found.is_published else ():
        waive_check(retrospective=found, by=w.commander, name=check.name, reason=f"x {check.name}")
    if not found.is_published:
        publish_retrospective(retrospective=found, by=w.commander)
    return pk


def export(w, incident) -> int:
    """A PDF the commander asked for, and that is ready."""
    found = Export.objects.create(
        retrospective_id=published(w, incident), number=1, asked_by=w.commander, state="ready"
    )
    found.file.save("x.pdf", ContentFile(b"%PDF-"))
    return found.pk


def own_report(w, incident) -> int:
    return wish_report(by=w.commander, every="week").pk


def insights_paper(w, incident) -> int:
    """A PDF the commander asked for, and that is ready."""
    found = InsightsPdf.objects.create(asked_by=w.commander, state="ready")
    found.file.save("x.pdf", ContentFile(b"%PDF-"))
    return found.pk


def own_export(w, incident) -> int:
    """The administrator's, written."""
    found = history.models.Export.objects.create(asked_by=w.admin, state="ready")
    found.file.save("x.jsonl", ContentFile(b"{}"))
    return found.pk


def new_entry(w, incident):
    row = Retrospective.objects.get(pk=retrospective(w, incident))
    return add_entry(retrospective=row, by=w.commander, text="x", occurred_at=timezone.now())


def timeline_entry(w, incident) -> int:
    return new_entry(w, incident).pk


def removed_entry(w, incident) -> int:
    return remove_entry(entry=new_entry(w, incident), by=w.commander).pk


def affected_service(w, incident) -> int:
    service = Service.objects.create(name="reach-pay", slug="reach-pay")
    set_service_impact(incident=incident or w.incident, service=service, impact="degraded", by=w.commander)
    return service.pk


def section(w) -> Document:
    looked_back_on = start_retrospective(incident=w.incident, by=w.commander)
    return open_section(retrospective=looked_back_on, section="what_happened", by=w.commander)


def conversation(w, incident) -> int:
    return add_comment(document=section(w), by=w.commander, text="Which graph?").pk


def kept_version(w, incident) -> int:
    save_text(document=section(w), text="Kept.", by=w.commander, version=None)
    version = keep_version(document=section(w), by=w.commander)
    return version.number if version else section(w).versions.get().number


def of_section(**more: Any) -> dict[str, Any]:
    """Of a section of the open incident's retrospective; stakeholders read it once it is published."""
    return {
        "pk": retrospective,
        "more": {"section": "what_happened"} | more,
        "may_miss": frozenset({STAKEHOLDER}),
    }


def factor(w, incident) -> int:
    looked_back_on = Retrospective.objects.get(pk=retrospective(w, incident))
    return add_contributing_factor(retrospective=looked_back_on, by=w.commander, text="No limit was set").pk


def agenda_item(w, incident) -> int:
    looked_back_on = Retrospective.objects.get(pk=retrospective(w, incident))
    return looked_back_on.agenda.get_or_create(name="Opening", defaults={"minutes": 5})[0].pk


def annotation(w, _incident) -> int:
    return annotate(by=w.commander, day=timezone.localdate(), words="New rota").pk


def learning(w, incident) -> int:
    """A revealed one, so that everybody who reads the retrospective reads it."""
    looked_back_on = Retrospective.objects.get(pk=retrospective(w, incident))
    one = add_learning(retrospective=looked_back_on, by=w.commander, kind="helped", text="The drill")
    if not looked_back_on.learnings_revealed_at:
        reveal_learnings(retrospective=looked_back_on, by=w.commander)
    return one.pk


def learning_group(w, incident) -> int:
    one = Learning.objects.get(pk=learning(w, incident))
    return add_learning_group(retrospective=one.retrospective, by=w.commander, name="Practice").pk


def own_item(w, _incident) -> int:
    """By itself, so that everybody reads it; responders change it."""
    return add_action_item(by=w.commander, title="Alert on saturation").pk


def tracker(w, _incident) -> int:
    """With a project and a person; nothing asks it."""
    found = Tracker.objects.first()
    if found is None:
        url, secret = "https://redmine.example.test", "key"
        found = add_tracker(by=w.admin, kind="redmine", name="Backlog", url=url, secret=secret)
        found.found = {"account": ["1", "Allclear Bot"], "projects": [["10", "Shop"], ["20", "Pay"]]}
        found.looked_at = timezone.now()
        found.save(update_fields=["found", "looked_at"])
        states = {"choices": [["1", "New"]], "means": {"1": "open"}, "sets": {"open": "1"}}
        TrackerProject.objects.create(
            tracker=found, remote_id="10", key="shop", name="Shop", states=states, looked_at=timezone.now()
        )
        TrackerPerson.objects.create(tracker=found, remote_id="2", name="Dana")
    return found.pk


def tracker_project(w, incident) -> int:
    return TrackerProject.objects.get(tracker=tracker(w, incident)).pk


def tracker_person(w, incident) -> int:
    return TrackerPerson.objects.get(tracker=tracker(w, incident)).pk


def new_ticket(w, item_pk: int) -> Ticket:
    """Linked, with a conflict."""
    project = TrackerProject.objects.get(pk=tracker_project(w, None))
    made = Ticket.objects.create(
        item_id=item_pk,
        tracker=project.tracker,
        project=project,
        state=TicketState.LINKED,
        remote_id=uuid4().hex,
        key="SHOP-12",
        url="https://redmine.example.test/issues/12",
        remote={"raw": {"state": "1"}, "names": {"state": "New"}},
        synced_at=timezone.now(),
    )
    made.conflicts.create(field="title", ours="Alert on saturation", theirs="Alert", used_theirs=True)
    return made


def ticket(w, _incident) -> int:
    found = Ticket.objects.first()
    return found.pk if found else new_ticket(w, own_item(w, None)).pk


def item_with_ticket(w, incident) -> int:
    return Ticket.objects.get(pk=ticket(w, incident)).item_id


def ticket_conflict(w, incident) -> int:
    return TicketConflict.objects.get(ticket=ticket(w, incident)).pk


def integration(w, _incident) -> int:
    return create_integration(by=w.admin, kind="generic", name=f"Cameras {uuid4().hex}")[0].pk


def payload(w, incident) -> int:
    sender = Integration.objects.get(pk=integration(w, incident))
    return receive(integration=sender, dialect="generic", body=b'{"title": "Door is open"}').pk


def alert(w, incident) -> int:
    """Of no incident, so that everybody reads it; responders act on it."""
    process_payload(made := payload(w, incident))
    return Alert.objects.get(integration__payloads=made).pk


def silence(w, _incident) -> int:
    """Of the first alert there is."""
    known = Alert.objects.get(pk=first_alert(w, None))
    source = add_data_source(
        by=w.admin, name=uuid4().hex, kind="alertmanager", url="https://alertmanager.example.test"
    )
    until = timezone.now() + timedelta(hours=1)
    return Silence.objects.create(alert=known, source=source, matchers={"a": "b"}, until=until).pk


def first_alert(w, incident) -> int:
    found = Alert.objects.order_by("pk").first()
    return found.pk if found else alert(w, incident)


def data_source(w, _incident) -> int:
    found = DataSource.objects.filter(kind="prometheus").first()
    return found.pk if found else _new_source(w).pk


def _new_source(w) -> DataSource:
    name = f"Prometheus {uuid4().hex}"
    return add_data_source(by=w.admin, name=name, kind="prometheus", url="https://prometheus.example.test")


def unused_source(w, _incident) -> int:
    return _new_source(w).pk


def signal(w, _incident) -> int:
    """Of a service that no incident of the table affects; administrators set it up."""
    return _new_signal(w, a_service()).pk


def _new_signal(w, service) -> Signal:
    return add_signal(
        by=w.admin,
        service=service,
        name=uuid4().hex,
        source=DataSource.objects.get(pk=data_source(w, None)),
        query="up",
        range_kind="fixed",
        high=1,
    )


def trial(w, _incident) -> int:
    """Its administrator's own."""
    return try_query(by=w.admin, source=DataSource.objects.get(pk=data_source(w, None)), query="up").pk


def signal_of(w, incident) -> int:
    """With a value, of a service that the incident affects."""
    service = Service.objects.get_or_create(name="Metered", slug="metered")[0]
    incident.affected_services.get_or_create(
        service=service, ended_at=None, defaults={"impact": "degraded", "started_at": incident.created_at}
    )
    made = service.signals.first() or _new_signal(w, service)
    keep_samples(made, {int(timezone.now().timestamp()) // 60 * 60 - 60: 0.5})
    return made.pk


def prediction(w, incident) -> int:
    by_signal = Signal.objects.get(pk=signal_of(w, incident))
    idea = Mitigation.objects.get(pk=mitigation(w, incident))
    return expect_of_signal(incident=incident, signal=by_signal, by=w.commander, mitigation=idea).pk


def automation(w, _incident) -> int:
    """Of a service that no incident of the table affects; administrators set it up."""
    return _new_automation(w, a_service()).pk


def _new_automation(w, service, **said) -> Automation:
    if service.automations.count() > 6:
        service.automations.all().delete()
    name, url = uuid4().hex, "https://ci.example.test/run"
    return add_automation(by=w.admin, service=service, name=name, url=url, **said)


def automation_of(w, incident, **said) -> int:
    """Of a service that the incident affects."""
    service = Service.objects.get_or_create(name="Automated", slug="automated")[0]
    incident.affected_services.get_or_create(
        service=service, ended_at=None, defaults={"impact": "degraded", "started_at": incident.created_at}
    )
    return _new_automation(w, service, **said).pk


def requested_run(w, incident) -> int:
    """By somebody whom no row of the table is about, so that all responders may confirm it."""
    automation = Automation.objects.get(pk=automation_of(w, incident, needs_confirmation=True))
    made = run_automation(incident=incident, automation=automation, by=w.commander)
    other = User.objects.filter(is_service=True).first() or User.objects.create_user(
        "pipeline@example.test", is_service=True
    )
    AutomationRun.objects.filter(pk=made.pk).update(pressed_by=other)
    return made.pk


def failed_run(w, incident) -> int:
    automation = Automation.objects.get(pk=automation_of(w, incident))
    made = run_automation(incident=incident, automation=automation, by=w.commander)
    AutomationRun.objects.filter(pk=made.pk).update(state="rejected", status_code=403)
    return made.pk


def alert_route(w, _incident) -> int:
    return add_alert_route(by=w.admin, name=f"Cameras {uuid4().hex}").pk


def brief_link(w, incident) -> BriefLink:
    if not incident.is_private:
        return create_brief_link(incident=incident, by=w.commander)
    then = timezone.now() + timedelta(days=7)  # one from before it became private
    return BriefLink.objects.create(incident=incident, created_by=w.commander, expires_at=then)


def signed_brief(w, incident) -> str:
    return signed(brief_link(w, incident or w.incident))


def invitation(w, _incident) -> Any:
    invited, _refused = invite_people(by=w.admin, emails=["kim@example.test"], installation_role="responder")
    return invited[0]


def invitation_token(w, incident) -> str:
    return invitation(w, incident)[1].rstrip("/").rpartition("/")[2]


def setup_token(w, _incident) -> str:
    """Of a link that is closed, as there is an administrator; tests/accounts tries the open one."""
    admin = User.objects.filter(pk=w.admin.pk)
    admin.update(installation_role=InstallationRole.RESPONDER)
    token = issue_setup_link()
    admin.update(installation_role=InstallationRole.ADMINISTRATOR)
    return token


def anybody(w, _incident) -> int:
    return w.responder.pk


def guest(w, incident) -> int:
    person = User.objects.create_user("guest@example.test", name="Guest Example")
    add_person(incident=incident, user=person, by=w.commander)
    return person.pk


def service_account(w, incident) -> int:
    return add_service_account(by=w.admin, name="Deploy pipeline").pk


def token(w, incident) -> int:
    """Of a service account: administrators reach it, nobody else."""
    account = User.objects.get(pk=service_account(w, incident))
    return create_token(by=w.admin, owner=account, name="ci", scopes=["incidents:read"])[0].pk


def team(_w, _incident) -> int:
    return Team.objects.get_or_create(name="Payments", slug="payments")[0].pk


def team_member(w, incident) -> int:
    w.responder.teams.add(team(w, incident))
    return w.responder.pk


def severity(_w, _incident) -> int:
    return Severity.objects.get(rank=3).pk


def no_session(_w, _incident) -> int:
    return Session.objects.count() + 1_000_000


def mail_integration(w, _incident) -> int:
    return create_integration(by=w.admin, kind="email", name=f"Mail {uuid4().hex}")[0].pk


def first_integration(w, incident) -> int:
    found = Integration.objects.first()
    return found.pk if found else integration(w, incident)


def first_payload(w, incident) -> int:
    subject = Integration.objects.get(pk=first_integration(w, incident))
    return send_test(by=w.admin, integration=subject).pk


def channel(w, _incident) -> int:
    return add_channel(by=w.admin, name="Hook", kind="webhook", url="https://hooks.example.test/x").pk


def dead_delivery(_w, incident) -> Any:
    content = {"subject": "Hello", "text": "x"}
    deliver(Delivery(key="dead", kind="mail", address="kim@example.test", state="dead", content=content))
    return Delivery.objects.get(key="dead").pk


def dead_event(_w, _incident) -> Any:
    message = enqueue(event=Made("odd"), subject="odd:1")
    OutboxMessage.objects.filter(pk=message.pk).update(dead_at=timezone.now())
    return message.pk


def read_file(w, _incident) -> int:
    """A table that was read through and waits to be confirmed."""
    content = b"id,title,start\n1,Slow,2024-01-01T10:00Z\n"
    run = start_import(
        by=w.admin, format="csv", name="h.csv", size=len(content), file=ContentFile(content, name="h.csv")
    )
    carry_on_imports()
    return run.pk


def nobodys_view(_w, _incident) -> int:
    """A view is its owner's alone; tests/insights/test_saved_views.py deletes one."""
    return 1_000_000


def page(w, _incident=None) -> StatusPage:
    """A public page with a component, a group and a maintenance; the default one, so every incident is on it."""
    known = StatusPage.objects.filter(slug="shop").first()
    if known is None:
        known = keep_page(
            by=w.admin, page=StatusPage(name="Shop", slug="shop", is_published=True, is_default=True)
        )
        group = keep_group(by=w.admin, group=ComponentGroup(page=known, name="Shop"))
        keep_component(by=w.admin, component=Component(page=known, name="Checkout", group=group))
        begins = timezone.now() + timedelta(days=1)
        schedule_maintenance(
            by=w.commander,
            maintenance=ScheduledMaintenance(
                page=known, title="Move", starts_at=begins, ends_at=begins + timedelta(hours=1)
            ),
            components=known.components.all(),
            text="Nothing changes.",
        )
    return known


def shop(w, _incident) -> str:
    return page(w).slug


def published_incident(w, _incident) -> str:
    shown = page(w)
    post_status_update(
        incident=w.incident,
        by=w.commander,
        audiences=["public", "stakeholders"],
        known="Slow",
        wordings={"public": {"known": "Slow"}},
        public_title="Checkout is slow",
        published_at=timezone.now(),
    )
    return shown.code("incident", w.incident.pk)


def maintenance_code(w, _incident) -> str:
    return page(w).code("maintenance", page(w).maintenances.get().pk)


def dressed(w) -> StatusPage:
    """The page with a logo and a colour."""
    known = page(w)
    if not known.logo_version:
        drawn = BytesIO()
        Image.new("RGB", (64, 32), "navy").save(drawn, "PNG")
        known = keep_look(by=w.admin, page=known, accent="#1f6feb", logo=drawn.getvalue())
    return known


def style_version(w, _incident) -> str:
    return version_in(dressed(w).style_address)


def logo_version(w, _incident) -> str:
    return dressed(w).logo_version


def repeating(w) -> ScheduledMaintenance:
    """The page's maintenance, as a window of a series."""
    work = page(w).maintenances.get()
    if work.series is None:
        work.occurs_on = work.starts_at.date()
        work.series = MaintenanceSeries.objects.create(
            page=work.page, title=work.title, text="x", frequency="weekly", first_on=work.occurs_on,
            begins_at=work.starts_at.time(), time_zone="UTC", duration=timedelta(hours=1),
        )  # fmt: skip
        work.save()
    return work


def this_month(w, incident) -> tuple[int, int]:
    published_incident(w, incident)
    now = timezone.now()
    return now.year, now.month


def subscription_token(w, _incident) -> str:
    row = page(w).subscribers.create(address="ada@example.test")
    return signing.dumps({"subscriber": row.pk, "components": []}, salt=CONFIRM_SALT)


def own_notice(w, incident) -> int:
    """In the responder's inbox; nobody else has one of this number."""
    return Notice.objects.create(
        person=w.responder,
        incident=incident or w.incident,
        kind="duty",
        title="You",
        url="/",
    ).pk


def own_subscription(w, _incident) -> int:
    return follow(service=a_service(), by=w.responder).pk


def a_service() -> Service:
    return Service.objects.get_or_create(name="Payments", slug="payments")[0]


def outside_address(w, _incident) -> int:
    return invite_outside(email="kim@elsewhere.test", by=w.admin, audience="public").pk


def confirmation_token(w, incident) -> str:
    address = OutsideAddress.objects.get(pk=outside_address(w, incident))
    return confirmation_url(address).rstrip("/").rpartition("/")[2]


def unsubscription_token(w, incident) -> str:
    address = OutsideAddress.objects.get(pk=outside_address(w, incident))
    return unsubscribe_url(Recipient(outside=address)).rstrip("/").rpartition("/")[2]


INCIDENT_READ = Row(get=SIGNED_IN)
INCIDENT_FORM = Row(get=RESPONDERS, post=RESPONDERS)
INCIDENT_ACT = Row(post=RESPONDERS)
ADMIN_FORM = Row(get=ADMINS, post=ADMINS)
MISSING = frozenset({STAKEHOLDER})  # what is not published does not exist for stakeholders
LEADERS = frozenset({COMMANDER, ADMIN}) | MISSING
READ = Row(get=SIGNED_IN, pk=retrospective, may_miss=MISSING)
LED = Row(post=LEADERS, pk=retrospective, may_miss=MISSING)
LED_FORM = Row(get=LEADERS, post=LEADERS, pk=retrospective, may_miss=MISSING)
with_pk = partial(Row, get=RESPONDERS, post=RESPONDERS)
act_on = partial(Row, post=RESPONDERS)

UNTIL_PUBLISHED = frozenset({STAKEHOLDER})
RETRO_READ = Row(get=SIGNED_IN, pk=retrospective, may_miss=UNTIL_PUBLISHED)
RETRO_FORM = Row(get=SIGNED_IN, post=SIGNED_IN, pk=retrospective, may_miss=UNTIL_PUBLISHED)
RETRO_ACT = Row(post=SIGNED_IN, pk=retrospective, may_miss=UNTIL_PUBLISHED)
OF_RETROSPECTIVE: dict[str, Any] = {"pk": retrospective, "may_miss": frozenset({STAKEHOLDER})}

TABLE: dict[str, Row] = {
    # the doors
    "healthz": Row(get=EVERYBODY),
    "api_openapi": Row(get=EVERYBODY),
    "api_docs": Row(get=SIGNED_IN),
    "api_nowhere": Row(get=EVERYBODY, post=EVERYBODY, may_miss=EVERYBODY),
    "setup": Row(get=EVERYBODY, post=EVERYBODY, more={"token": setup_token}),
    "setup_organisation": ADMIN_FORM,
    "invitation_answer": Row(get=EVERYBODY, post=EVERYBODY, more={"token": invitation_token}),
    "demo": Row(get=EVERYBODY, post=EVERYBODY, may_miss=EVERYBODY),
    "demo_job": Row(post=EVERYBODY, may_miss=EVERYBODY),
    "demo_measurements": Row(get=EVERYBODY, may_miss=EVERYBODY, more={"name": "orders"}),
    "demo_tickets": Row(get=SIGNED_IN, may_miss=SIGNED_IN),
    "demo_ticket": Row(get=SIGNED_IN, post=SIGNED_IN, may_miss=SIGNED_IN, more={"key": "PAY-1"}),
    "demo_ticket_deletion": Row(post=SIGNED_IN, may_miss=SIGNED_IN, more={"key": "PAY-1"}),
    "demo_ticket_restoration": Row(post=SIGNED_IN, may_miss=SIGNED_IN, more={"key": "PAY-1"}),
    "account_login": Row(get=EVERYBODY, post=EVERYBODY),
    "account_logout": Row(get=EVERYBODY, post=EVERYBODY),
    "account_inactive": Row(get=EVERYBODY),
    "account_change_password": Row(get=SIGNED_IN, post=SIGNED_IN),
    "account_reset_password": Row(get=EVERYBODY, post=EVERYBODY),
    "account_reset_password_done": Row(get=EVERYBODY),
    "account_reset_password_from_key": Row(
        get=EVERYBODY, post=EVERYBODY, more={"uidb36": "1", "key": "0-nothing"}
    ),
    "account_reset_password_from_key_done": Row(get=EVERYBODY),
    # settings
    "settings": Row(get=SIGNED_IN),
    "profile": Row(get=SIGNED_IN, post=SIGNED_IN),
    "session_revocation": Row(post=SIGNED_IN, pk=no_session, may_miss=SIGNED_IN),
    "other_sessions_revocation": Row(post=SIGNED_IN),
    "system": Row(get=ADMINS),
    "organisation": ADMIN_FORM,
    "assistants": ADMIN_FORM,
    "settings_people": Row(get=ADMINS),
    "person": Row(get=ADMINS, post=ADMINS, pk=anybody),
    "person_deactivation": Row(post=ADMINS, pk=anybody),
    "person_activation": Row(post=ADMINS, pk=anybody),
    "person_password_link": Row(post=ADMINS, pk=anybody),
    "checklist_hiding": Row(post=ADMINS),
    "api_docs_tag": Row(get=SIGNED_IN, more={"tag": "incidents"}),
    "api_errors": Row(get=SIGNED_IN),
    "tokens": Row(get=SIGNED_IN, post=SIGNED_IN),
    "token_rotation": Row(get=SIGNED_IN, post=SIGNED_IN, pk=token, may_miss=SIGNED_IN - ADMINS),
    "token_revocation": Row(get=SIGNED_IN, post=SIGNED_IN, pk=token, may_miss=SIGNED_IN - ADMINS),
    "service_account_new": ADMIN_FORM,
    "service_account": Row(get=ADMINS, post=ADMINS, pk=service_account),
    "service_account_deactivation": Row(post=ADMINS, pk=service_account),
    "service_account_activation": Row(post=ADMINS, pk=service_account),
    "invitation_new": ADMIN_FORM,
    "invitation_renewal": Row(post=ADMINS, pk=lambda w, i: invitation(w, i)[0].pk),
    "invitation_revocation": Row(post=ADMINS, pk=lambda w, i: invitation(w, i)[0].pk),
    "teams": ADMIN_FORM,
    "team": Row(get=ADMINS, post=ADMINS, pk=team),
    "team_deletion": Row(post=ADMINS, pk=team),
    "team_members": Row(post=ADMINS, pk=team),
    "team_member_removal": Row(post=ADMINS, pk=team, more={"person": team_member}),
    "settings_audit": Row(get=ADMINS),
    "catalogue_list": Row(get=SIGNED_IN, more={"kind": "services"}),
    "catalogue_add": Row(get=ADMINS, post=ADMINS, more={"kind": "services"}),
    "catalogue_entry": Row(get=ADMINS, post=ADMINS, pk=severity, more={"kind": "severities"}),
    "catalogue_deletion": Row(post=ADMINS, pk=severity, more={"kind": "severities"}),
    "integrations": Row(get=ADMINS),
    "integration_new": ADMIN_FORM,
    "integration": Row(get=ADMINS, pk=integration),
    "integration_edit": Row(get=ADMINS, post=ADMINS, pk=integration),
    "integration_mapping": Row(get=ADMINS, post=ADMINS, pk=integration),
    "integration_mailbox": Row(get=ADMINS, post=ADMINS, pk=mail_integration),
    "mailbox_removal": Row(post=ADMINS, pk=mail_integration),
    "integration_key": Row(get=ADMINS, post=ADMINS, pk=integration),
    "integration_test": Row(post=ADMINS, pk=integration),
    "integration_pause": Row(post=ADMINS, pk=integration),
    "integration_resumption": Row(post=ADMINS, pk=integration),
    "integration_deletion": Row(get=ADMINS, post=ADMINS, pk=integration),
    "integration_payload": Row(get=ADMINS, pk=first_integration, more={"payload": first_payload}),
    "payload_replay": Row(post=ADMINS, pk=first_integration, more={"payload": first_payload}),
    "signals": Row(get=ADMINS),
    "signal_new": ADMIN_FORM,
    "signal": Row(get=ADMINS, post=ADMINS, pk=signal),
    "signal_deletion": Row(get=ADMINS, post=ADMINS, pk=signal),
    "data_source_new": ADMIN_FORM,
    "data_source": Row(get=ADMINS, post=ADMINS, pk=data_source),
    "data_source_test": Row(post=ADMINS, pk=data_source),
    "data_source_deletion": Row(get=ADMINS, post=ADMINS, pk=unused_source),
    "signal_trial": Row(get=ADMINS, pk=trial),
    "automations": Row(get=ADMINS),
    "automation_new": ADMIN_FORM,
    "automation": Row(get=ADMINS, post=ADMINS, pk=automation),
    "automation_deletion": Row(get=ADMINS, post=ADMINS, pk=automation),
    "trackers": Row(get=ADMINS),
    "tracker_new": ADMIN_FORM,
    "tracker": Row(get=ADMINS, pk=tracker),
    "tracker_edit": Row(get=ADMINS, post=ADMINS, pk=tracker),
    "tracker_test": Row(post=ADMINS, pk=tracker),
    "tracker_pause": Row(post=ADMINS, pk=tracker),
    "tracker_resumption": Row(post=ADMINS, pk=tracker),
    "tracker_hook_secret": Row(get=ADMINS, post=ADMINS, pk=tracker),
    "tracker_deletion": Row(get=ADMINS, post=ADMINS, pk=tracker),
    "tracker_people": Row(get=ADMINS, post=ADMINS, pk=tracker),
    "tracker_project_new": Row(get=ADMINS, post=ADMINS, pk=tracker),
    "tracker_project": Row(get=ADMINS, post=ADMINS, pk=tracker, more={"project": tracker_project}),
    "tracker_project_look": Row(post=ADMINS, pk=tracker, more={"project": tracker_project}),
    "tracker_project_deletion": Row(get=ADMINS, post=ADMINS, pk=tracker, more={"project": tracker_project}),
    # where senders post: the key or the signature alone counts, whoever is signed in
    "tracker_hook": Row(post=EVERYBODY, pk=tracker),
    "hook_by_header": Row(post=EVERYBODY),
    "hook": Row(post=EVERYBODY, more={"key": "nonsense"}),
    "hook_without_slash": Row(post=EVERYBODY, more={"key": "nonsense"}),
    "pagerduty_enqueue": Row(post=EVERYBODY),
    "pagerduty_change_enqueue": Row(post=EVERYBODY),
    **{
        f"{name}_{route}": Row(
            get=EVERYBODY, post=EVERYBODY if route.startswith(("alerts", "heartbeat")) else None, more=more
        )
        for name in ("opsgenie", "jsm")
        for route, more in {
            "alerts": {},
            "alerts_with_slash": {},
            "count": {},
            "heartbeat": {"heartbeat": "nonsense"},
            "request": {"request_id": "nonsense"},
            "alert": {"identifier": "nonsense"},
        }.items()
    },
    **{
        f"{name}_action": Row(post=EVERYBODY, more={"identifier": "nonsense", "action": "close"})
        for name in ("opsgenie", "jsm")
    },
    "channels": Row(get=ADMINS),
    "channel_new": ADMIN_FORM,
    "channel": Row(get=ADMINS, pk=channel),
    "channel_events": Row(get=ADMINS, post=ADMINS, pk=channel),
    "channel_address": Row(get=ADMINS, post=ADMINS, pk=channel),
    "channel_secret": Row(post=ADMINS, pk=channel),
    "channel_pause": Row(post=ADMINS, pk=channel),
    "channel_resumption": Row(post=ADMINS, pk=channel),
    "channel_deletion": Row(get=ADMINS, post=ADMINS, pk=channel),
    "channel_test": Row(post=ADMINS, pk=channel),
    "mail_channel": Row(get=ADMINS, post=ADMINS),
    "mail_test": Row(post=ADMINS),
    "deliveries": Row(get=ADMINS),
    "imports": Row(get=ADMINS),
    "exports": Row(get=ADMINS, post=ADMINS),
    "export": Row(get=ADMINS, pk=own_export),
    "export_file": Row(get=ADMINS, pk=own_export),
    "import_new": Row(get=ADMINS, post=ADMINS),
    "import": Row(get=ADMINS, post=ADMINS, pk=read_file),
    "import_columns": Row(get=ADMINS, post=ADMINS, pk=read_file),
    "import_drop": Row(post=ADMINS, pk=read_file),
    "import_refusals": Row(get=ADMINS, pk=read_file),
    "dead_again": Row(post=ADMINS),
    "delivery_again": Row(post=ADMINS, pk=dead_delivery),
    "delivery_drop": Row(get=ADMINS, post=ADMINS, pk=dead_delivery),
    "event_again": Row(post=ADMINS, pk=dead_event),
    "event_drop": Row(get=ADMINS, post=ADMINS, pk=dead_event),
    "message_list": Row(get=SIGNED_IN),
    "message": Row(get=ADMINS, post=ADMINS, more={"audience": "public", "stage": "declared"}),
    # incidents
    "home": Row(get=SIGNED_IN),
    "frame": Row(get=SIGNED_IN),
    "palette": Row(get=SIGNED_IN),
    "declare": Row(get=SIGNED_IN, post=SIGNED_IN),  # a stakeholder is led on to reporting
    "similar": Row(get=SIGNED_IN, query="?title=slow"),
    "suggestion": Row(get=RESPONDERS),
    "report": Row(get=SIGNED_IN, post=SIGNED_IN),
    "incident_list": Row(get=SIGNED_IN),
    "saved_views": Row(post=SIGNED_IN),
    "saved_view_deletion": Row(post=SIGNED_IN, pk=nobodys_view, may_miss=SIGNED_IN),
    "signed_brief": Row(get=EVERYBODY, more={"signed": signed_brief}),
    "signed_update_requests": Row(post=EVERYBODY, more={"signed": signed_brief}),
    "overview": Row(get=SIGNED_IN),
    "incident_detail": INCIDENT_READ,
    "head": INCIDENT_READ,
    "news": INCIDENT_READ,
    "rail": INCIDENT_READ,
    "catch_up": Row(get=SIGNED_IN, post=SIGNED_IN),
    "audit_trail": INCIDENT_READ,
    "accept": INCIDENT_FORM,
    "decline": INCIDENT_FORM,
    "merge": INCIDENT_FORM,
    "edit_incident": Row(get=RESPONDERS, post=RESPONDERS, more={"part": "description"}),
    "severity": INCIDENT_FORM,
    "status": INCIDENT_FORM,
    "milestones": INCIDENT_FORM,
    "visibility": Row(post=IN_CHARGE),
    "services": INCIDENT_FORM,
    "blast_radius": INCIDENT_READ,
    "role": Row(get=RESPONDERS, post=RESPONDERS, more={"slug": "commander"}),
    "take_role": Row(post=RESPONDERS, more={"slug": "deputy"}),
    "release_role": Row(post=RESPONDERS, more={"slug": "commander"}),
    "participation": INCIDENT_ACT,
    "people": INCIDENT_FORM,
    "remove_person": Row(post=IN_CHARGE, pk=guest),
    "hypothesis": with_pk(pk=hypothesis),
    "mitigation": with_pk(pk=mitigation),
    "mitigated": INCIDENT_FORM,
    "changes": INCIDENT_FORM,
    "suspicion": act_on(pk=change),
    "introduction": act_on(pk=change),
    "tasks": INCIDENT_FORM,
    "task": act_on(pk=task),
    "task_owner": with_pk(pk=task),
    "links": INCIDENT_FORM,
    "status_update": INCIDENT_FORM,
    "update_preview": INCIDENT_ACT,
    "correction": Row(get=RESPONDERS, post=RESPONDERS, more={"corrects": update}),
    "no_change": INCIDENT_ACT,
    "approval": Row(get=RESPONDERS, post=COMMANDERS, pk=waiting),
    "objection": Row(get=COMMANDERS, post=COMMANDERS, pk=waiting),
    "withdrawal": Row(post=COMMANDERS, pk=update),
    "brief": INCIDENT_READ,
    "cadence": INCIDENT_READ,
    "snooze_update": INCIDENT_FORM,
    "update_requests": Row(post=SIGNED_IN),
    "brief_links": INCIDENT_ACT,
    "brief_link_revocation": act_on(pk=lambda w, i: brief_link(w, i).pk),
    "resolution": INCIDENT_FORM,
    "recovery_checks": INCIDENT_FORM,
    "recovery_check": with_pk(pk=check),
    "closure": INCIDENT_ACT,
    "reopening": INCIDENT_FORM,
    # being told
    "inbox": Row(get=SIGNED_IN),
    "inbox_news": Row(get=SIGNED_IN),
    "inbox_reading": Row(post=SIGNED_IN),
    "browser_notifications": Row(post=SIGNED_IN),
    "notice": Row(get=SIGNED_IN, pk=own_notice, may_miss=SIGNED_IN - {RESPONDER}),
    "notice_reading": Row(post=SIGNED_IN, pk=own_notice, may_miss=SIGNED_IN - {RESPONDER}),
    "my_notifications": Row(get=SIGNED_IN, post=SIGNED_IN),
    "my_subscriptions": Row(get=SIGNED_IN, post=SIGNED_IN),
    "my_subscription": Row(post=SIGNED_IN, pk=own_subscription, may_miss=SIGNED_IN - {RESPONDER}),
    "incident_following": Row(post=SIGNED_IN),
    "service_following": Row(post=SIGNED_IN, pk=lambda w, i: a_service().pk),
    "subscriptions": Row(get=ADMINS),
    "subscription_new": Row(get=ADMINS, post=ADMINS, more={"kind": "addresses"}),
    "subscription_end": Row(post=ADMINS, pk=own_subscription),
    "outside_question": Row(post=ADMINS, pk=outside_address),
    "outside_removal": Row(post=ADMINS, pk=outside_address),
    "outside_confirmation": Row(get=EVERYBODY, post=EVERYBODY, more={"token": confirmation_token}),
    "outside_unsubscription": Row(get=EVERYBODY, post=EVERYBODY, more={"token": unsubscription_token}),
    # insights: of what each of them can reach
    "insights": Row(get=SIGNED_IN),
    "insights_incidents": Row(get=SIGNED_IN),
    "insights_question": Row(get=SIGNED_IN, more={"key": "faster"}),
    "insights_trend": Row(get=SIGNED_IN),
    "insights_trend_csv": Row(get=SIGNED_IN),
    "insights_annotations": Row(get=SIGNED_IN),
    "insights_annotation_new": Row(get=RESPONDERS, post=RESPONDERS),
    "insights_annotation": Row(get=RESPONDERS, post=RESPONDERS, pk=annotation),
    "insights_annotation_deletion": Row(post=RESPONDERS, pk=annotation),
    "insights_goals": Row(get=RESPONDERS, post=RESPONDERS, more={"metric": "time_to_resolve"}),
    "insights_pack": Row(get=SIGNED_IN),
    "insights_pack_schedule": Row(post=SIGNED_IN),
    "insights_views": Row(post=SIGNED_IN),
    "insights_missing_times": Row(get=RESPONDERS, post=RESPONDERS),
    "insights_report": Row(get=SIGNED_IN, post=SIGNED_IN),
    "insights_report_ending": Row(post=SIGNED_IN, pk=own_report, may_miss=SIGNED_IN - {COMMANDER}),
    "insights_pdfs": Row(post=SIGNED_IN),
    "insights_pdf": Row(get=SIGNED_IN, pk=insights_paper, may_miss=SIGNED_IN - {COMMANDER}),
    "insights_pdf_file": Row(get=SIGNED_IN, pk=insights_paper, may_miss=SIGNED_IN - {COMMANDER}),
    "insights_csv": Row(get=SIGNED_IN, more={"key": "faster"}),
    # the timeline
    "insertion": INCIDENT_FORM,
    "gap": INCIDENT_FORM,
    "event": with_pk(pk=event),
    "star": act_on(pk=event),
    "removal": act_on(pk=event),
    "answer": with_pk(pk=question),
    "evidence": INCIDENT_FORM,
    "evidence_item": Row(get=SIGNED_IN, pk=evidence),
    "evidence_file": Row(get=SIGNED_IN, pk=evidence_with_file),
    "timeline": Row(get=SIGNED_IN, post=RESPONDERS),
    "timeline_export": Row(get=SIGNED_IN, more={"form": "md"}),
    # status pages, outside
    "public_index": Row(get=EVERYBODY, more={"slug": shop}),
    "public_history": Row(get=EVERYBODY, more={"slug": shop}),
    "public_month": Row(get=EVERYBODY, more={"slug": shop, "month": this_month}),
    "public_feed": Row(get=EVERYBODY, more={"slug": shop, "form": "atom"}),
    "public_incident": Row(get=EVERYBODY, more={"slug": shop, "code": published_incident}),
    "public_maintenance": Row(get=EVERYBODY, more={"slug": shop, "code": maintenance_code}),
    "public_maintenance_calendar": Row(get=EVERYBODY, more={"slug": shop, "code": maintenance_code}),
    "public_style": Row(get=EVERYBODY, more={"slug": shop, "version": style_version}),
    "public_logo": Row(get=EVERYBODY, more={"slug": shop, "version": logo_version}),
    "public_badge": Row(get=EVERYBODY, more={"slug": shop}),
    "public_calendar": Row(get=EVERYBODY, more={"slug": shop}),
    "public_api": Row(get=EVERYBODY, more={"slug": shop, "name": "summary"}),
    "subscription": Row(get=EVERYBODY, post=EVERYBODY, more={"slug": shop}),
    "confirmation": Row(get=EVERYBODY, post=EVERYBODY, more={"slug": shop, "token": subscription_token}),
    "unsubscription": Row(get=EVERYBODY, post=EVERYBODY, more={"slug": shop, "token": "changed"}),
    "endpoint_confirmation": Row(get=EVERYBODY, post=EVERYBODY, more={"slug": shop, "token": "changed"}),
    # action items
    "action_list": Row(get=SIGNED_IN),
    "action_board": Row(get=SIGNED_IN),
    "action_export": Row(get=SIGNED_IN),
    "action_quarter": Row(get=SIGNED_IN),
    "action_bulk": Row(get=SIGNED_IN, post=SIGNED_IN),
    "action_item_new": Row(get=RESPONDERS, post=RESPONDERS),
    "action_item": Row(get=SIGNED_IN, pk=own_item),
    "action_item_details": with_pk(pk=own_item),
    "action_state": with_pk(pk=own_item, query="?to=wont_do"),
    "action_helped": with_pk(pk=own_item),
    "item_tickets": Row(get=SIGNED_IN, pk=own_item),
    "ticket_new": with_pk(pk=own_item),
    "ticket_link": with_pk(pk=own_item),
    "tickets_new": Row(get=SIGNED_IN, post=SIGNED_IN),
    "ticket_sync": act_on(pk=item_with_ticket, more={"ticket": ticket}),
    "ticket_choice": with_pk(pk=item_with_ticket, more={"ticket": ticket}),
    "ticket_unlinking": with_pk(pk=item_with_ticket, more={"ticket": ticket}),
    "ticket_conflict": act_on(pk=item_with_ticket, more={"ticket": ticket, "conflict": ticket_conflict}),
    "incident_action_new": INCIDENT_FORM,
    "retrospective_actions": Row(get=SIGNED_IN, pk=retrospective, may_miss=frozenset({STAKEHOLDER})),
    "action_new": Row(get=SIGNED_IN, post=SIGNED_IN, pk=retrospective, may_miss=frozenset({STAKEHOLDER})),
    # signals on incidents
    "incident_signals": INCIDENT_READ,
    "signals_refresh": INCIDENT_ACT,
    "signal_capture": Row(post=RESPONDERS, pk=signal_of),
    "signal_check": INCIDENT_FORM,
    "signal_expectation": INCIDENT_FORM,
    "expectation_removal": Row(post=RESPONDERS, pk=prediction),
    # automations on incidents
    "incident_automations": INCIDENT_READ,
    "automation_start": Row(get=RESPONDERS, post=RESPONDERS, pk=automation_of),
    "automation_run": Row(get=SIGNED_IN, pk=failed_run),
    "run_confirmation": Row(post=RESPONDERS, pk=requested_run),
    "run_refusal": Row(get=RESPONDERS, post=RESPONDERS, pk=requested_run),
    "run_repetition": Row(post=RESPONDERS, pk=failed_run),
    # alerts
    "alert_list": Row(get=SIGNED_IN),
    "alert": Row(get=SIGNED_IN, pk=alert),
    "alert_acknowledgement": Row(post=RESPONDERS, pk=alert),
    "alert_noise": Row(post=RESPONDERS, pk=alert),
    "alert_attachment": Row(get=RESPONDERS, post=RESPONDERS, pk=alert),
    "alert_detachment": Row(post=RESPONDERS, pk=alert),
    "alert_acknowledgements": Row(post=RESPONDERS),
    "alert_silence": Row(get=RESPONDERS, post=RESPONDERS, pk=alert),
    "alert_silence_end": Row(post=RESPONDERS, pk=first_alert, more={"silence": silence}),
    "noisy_rules": Row(get=SIGNED_IN),
    "alert_routes": Row(get=SIGNED_IN),
    "alert_route_new": ADMIN_FORM,
    "alert_route": Row(get=ADMINS, post=ADMINS, pk=alert_route),
    "alert_route_state": Row(post=ADMINS, pk=alert_route),
    "alert_route_place": Row(post=ADMINS, pk=alert_route),
    "alert_route_deletion": Row(get=ADMINS, post=ADMINS, pk=alert_route),
    # retrospectives
    "retrospective_list": Row(get=SIGNED_IN),
    "new_retrospective": Row(get=RESPONDERS, post=RESPONDERS),
    "retrospective_settings": ADMIN_FORM,
    "retrospective_formats": Row(get=ADMINS),
    "retrospective_format_new": ADMIN_FORM,
    "retrospective_format": Row(get=ADMINS, post=ADMINS, pk=own_format),
    "retrospective_format_deletion": Row(post=ADMINS, pk=own_format),
    "cost_settings": ADMIN_FORM,
    "incident_retrospective": Row(get=RESPONDERS, post=RESPONDERS),
    "seen_before": Row(get=SIGNED_IN),
    "retrospective_detail": READ,
    "retrospective_head": READ,
    "retrospective_agenda": READ,
    "retrospective_frame": Row(get=SIGNED_IN, post=LEADERS, pk=retrospective, may_miss=MISSING),
    "retrospective_participants": LED,
    "participant_removal": Row(
        post=LEADERS, pk=retrospective, more={"participant": participant}, may_miss=MISSING
    ),
    "retrospective_facilitator": LED,
    "session_time": LED,
    "session_invitation": READ,
    "session_clock": LED,
    "session_agenda": LED,
    "presenter": Row(get=LEADERS, pk=retrospective, may_miss=MISSING),
    "presentation": LED,
    "facilitation": Row(post=SIGNED_IN, **OF_RETROSPECTIVE),
    "part_finished": Row(post=SIGNED_IN, more={"item": agenda_item}, **OF_RETROSPECTIVE),
    "retrospective_status": LED,
    "safety_check": Row(get=SIGNED_IN, post=SIGNED_IN, pk=retrospective, may_miss=MISSING),
    "safety_results": READ,
    "question_closing": LED,
    "review_start": LED_FORM,
    "reader_mark": Row(post=SIGNED_IN, pk=published),
    "retrospective_review": READ,
    "reviewers": LED,
    "review_answer": Row(post=frozenset({RESPONDER}) | MISSING, pk=reviewed, may_miss=MISSING),
    "check_waiver": Row(
        get=LEADERS, post=LEADERS, pk=retrospective, more={"name": "factors"}, may_miss=MISSING
    ),
    "waiver_agreement": Row(post=SIGNED_IN, pk=retrospective, more={"name": "factors"}, may_miss=MISSING),
    "public_text": LED,
    "publication": LED,
    "retrospective_reopening": LED_FORM,
    "retrospective_version": Row(get=SIGNED_IN, pk=published, more={"number": 1}),
    "retrospective_export": Row(get=SIGNED_IN, pk=retrospective, more={"form": "md"}, may_miss=MISSING),
    "pdf_exports": Row(post=SIGNED_IN, pk=retrospective, may_miss=MISSING),
    "pdf_export": Row(get=SIGNED_IN, pk=published, more={"export": export}, may_miss=SIGNED_IN - {COMMANDER}),
    "pdf_file": Row(get=SIGNED_IN, pk=published, more={"export": export}, may_miss=SIGNED_IN - {COMMANDER}),
    "retro_timeline": RETRO_READ,
    "retro_timeline_table": RETRO_READ,
    "retro_entry_new": RETRO_FORM,
    "retro_seeding": RETRO_ACT,
    "retro_gap_new": RETRO_FORM,
    "retro_gap_answer": RETRO_ACT,
    "retro_rows": RETRO_ACT,
    "retro_suggestion": RETRO_ACT,
    "retro_entry_separation": replace(RETRO_ACT, more={"entry": timeline_entry}),
    "retro_import": RETRO_FORM,
    "retro_import_confirmation": RETRO_ACT,
    "retro_entry": replace(RETRO_FORM, more={"entry": timeline_entry}),
    "retro_entry_removal": replace(RETRO_ACT, more={"entry": timeline_entry}),
    "retro_entry_restoration": replace(RETRO_ACT, more={"entry": removed_entry}),
    "retro_recollection": replace(RETRO_FORM, more={"entry": timeline_entry}),
    "retro_phase": replace(RETRO_FORM, more={"entry": timeline_entry}),
    "retro_milestone": replace(RETRO_ACT, more={"entry": timeline_entry}),
    "retro_impact": RETRO_READ,
    "retro_pulse": RETRO_ACT,
    "retro_dimension": replace(RETRO_FORM, more={"dimension": "customers"}),
    "retro_users": replace(RETRO_FORM, more={"service": affected_service}),
    "retrospective_narrative": Row(
        get=SIGNED_IN, post=SIGNED_IN, pk=retrospective, may_miss=frozenset({STAKEHOLDER})
    ),
    "narrative_section": Row(get=SIGNED_IN, post=SIGNED_IN, **of_section()),
    "narrative_comments": Row(get=SIGNED_IN, post=SIGNED_IN, **of_section()),
    "narrative_people": Row(get=SIGNED_IN, **of_section()),
    "comment_resolution": Row(post=SIGNED_IN, **of_section(comment=conversation)),
    "narrative_hints": Row(post=SIGNED_IN, **of_section()),
    "row_hints": Row(post=SIGNED_IN, pk=retrospective, may_miss=frozenset({STAKEHOLDER})),
    "hint_dismissal": Row(post=SIGNED_IN, **of_section()),
    "narrative_versions": Row(get=SIGNED_IN, post=SIGNED_IN, **of_section()),
    "version_restoration": Row(post=SIGNED_IN, **of_section(number=kept_version)),
    "hint_words": ADMIN_FORM,
    "hint_word_deletion": Row(
        post=ADMINS, more={"word": lambda w, i: add_hint_word(by=w.admin, words="cowboy", ask="Who?").pk}
    ),
    # causes and learnings: whoever reaches the retrospective; a stakeholder does once it is published
    "causes": Row(get=SIGNED_IN, **OF_RETROSPECTIVE),
    "factor_new": Row(get=SIGNED_IN, post=SIGNED_IN, **OF_RETROSPECTIVE),
    "factor_line": Row(post=SIGNED_IN, **OF_RETROSPECTIVE),
    "factor_row": Row(post=SIGNED_IN, more={"number": factor}, **OF_RETROSPECTIVE),
    "factor_support": Row(get=SIGNED_IN, post=SIGNED_IN, more={"number": factor}, **OF_RETROSPECTIVE),
    "factor_evidence": Row(post=SIGNED_IN, more={"number": factor}, **OF_RETROSPECTIVE),
    "factor_rows": Row(get=SIGNED_IN, **OF_RETROSPECTIVE),
    "factor_undo": Row(post=SIGNED_IN, **OF_RETROSPECTIVE),
    "factor_suggestions": Row(get=SIGNED_IN, query="?text=limit", **OF_RETROSPECTIVE),
    "factor": Row(get=SIGNED_IN, post=SIGNED_IN, more={"number": factor}, **OF_RETROSPECTIVE),
    "factor_place": Row(post=SIGNED_IN, more={"number": factor}, **OF_RETROSPECTIVE),
    "factor_removal": Row(post=SIGNED_IN, more={"number": factor}, **OF_RETROSPECTIVE),
    "factor_link": Row(post=SIGNED_IN, more={"number": factor}, **OF_RETROSPECTIVE),
    "learnings": Row(get=SIGNED_IN, post=SIGNED_IN, **OF_RETROSPECTIVE),
    "learnings_voting": Row(post=SIGNED_IN - {RESPONDER, OUTSIDER}, **OF_RETROSPECTIVE),
    "learnings_reveal": Row(post=SIGNED_IN - {RESPONDER, OUTSIDER}, **OF_RETROSPECTIVE),
    "learning_groups": Row(get=SIGNED_IN, post=SIGNED_IN, **OF_RETROSPECTIVE),
    "learning_group": Row(get=SIGNED_IN, post=SIGNED_IN, more={"number": learning_group}, **OF_RETROSPECTIVE),
    "learning_group_removal": Row(post=SIGNED_IN, more={"number": learning_group}, **OF_RETROSPECTIVE),
    "learning": Row(
        get=SIGNED_IN - {RESPONDER, OUTSIDER},
        post=SIGNED_IN - {RESPONDER, OUTSIDER},
        more={"number": learning},
        **OF_RETROSPECTIVE,
    ),
    "learning_removal": Row(
        post=SIGNED_IN - {RESPONDER, OUTSIDER}, more={"number": learning}, **OF_RETROSPECTIVE
    ),
    "learning_place": Row(post=SIGNED_IN, more={"number": learning}, **OF_RETROSPECTIVE),
    "learning_pair": Row(post=SIGNED_IN, more={"number": learning}, **OF_RETROSPECTIVE),
    "learning_dots": Row(post=SIGNED_IN, more={"number": learning}, **OF_RETROSPECTIVE),
    "learning_dot_removal": Row(post=SIGNED_IN, more={"number": learning}, **OF_RETROSPECTIVE),
    # status pages, inside
    "status_pages": Row(get=SIGNED_IN),
    "status_page": Row(get=SIGNED_IN, more={"slug": shop}),  # a stakeholder is led on to how it looks
    "status_page_new": ADMIN_FORM,
    "status_page_settings": Row(get=ADMINS, post=ADMINS, more={"slug": shop}),
    "status_page_deletion": Row(post=ADMINS, more={"slug": shop}),
    "component_group_new": Row(get=ADMINS, post=ADMINS, more={"slug": shop}),
    "component_group": Row(
        get=ADMINS, post=ADMINS, more={"slug": shop}, pk=lambda w, i: page(w).groups.get().pk
    ),
    "component_group_place": Row(post=ADMINS, more={"slug": shop}, pk=lambda w, i: page(w).groups.get().pk),
    "component_group_deletion": Row(
        post=ADMINS, more={"slug": shop}, pk=lambda w, i: page(w).groups.get().pk
    ),
    "component_new": Row(get=ADMINS, post=ADMINS, more={"slug": shop}),
    "component": Row(
        get=ADMINS, post=ADMINS, more={"slug": shop}, pk=lambda w, i: page(w).components.get().pk
    ),
    "component_place": Row(post=ADMINS, more={"slug": shop}, pk=lambda w, i: page(w).components.get().pk),
    "component_state": Row(
        get=RESPONDERS, post=RESPONDERS, more={"slug": shop}, pk=lambda w, i: page(w).components.get().pk
    ),
    "component_deletion": Row(
        get=ADMINS, post=ADMINS, more={"slug": shop}, pk=lambda w, i: page(w).components.get().pk
    ),
    "page_subscribers": Row(get=ADMINS, more={"slug": shop}),
    "maintenance_new": Row(get=RESPONDERS, post=RESPONDERS, more={"slug": shop}),
    "maintenance": Row(
        get=RESPONDERS, post=RESPONDERS, more={"slug": shop}, pk=lambda w, i: page(w).maintenances.get().pk
    ),
    "maintenance_window": Row(
        get=RESPONDERS, post=RESPONDERS, more={"slug": shop}, pk=lambda w, i: page(w).maintenances.get().pk
    ),
    "maintenance_series": Row(
        get=RESPONDERS, post=RESPONDERS, more={"slug": shop}, pk=lambda w, i: repeating(w).pk
    ),
    "page_look": Row(get=ADMINS, post=ADMINS, more={"slug": shop}),
    "shown_style": Row(get=SIGNED_IN, more={"slug": shop, "version": style_version}),
    "shown_logo": Row(get=SIGNED_IN, more={"slug": shop, "version": logo_version}),
    "shown_page": Row(get=SIGNED_IN, more={"slug": shop}),
    "shown_history": Row(get=SIGNED_IN, more={"slug": shop}),
    "shown_month": Row(get=SIGNED_IN, more={"slug": shop, "month": this_month}),
    "shown_incident": Row(get=SIGNED_IN, more={"slug": shop, "code": published_incident}),
    "shown_maintenance": Row(get=SIGNED_IN, more={"slug": shop, "code": maintenance_code}),
}
