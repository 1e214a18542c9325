"""A record for every part of an address of the API, in the world of tests/access_table.py.

`RECORDS[part](world)` is what the address says for it. Those of incidents are of the open one, those of
retrospectives of one that is being worked on; “read” is published. Who commands made most of them.
"""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from accounts.models import User
from accounts.workflow import create_token
from action_items.models import ActionItem
from alerts.models import Silence
from incidents.models import ChecklistTemplate, IncidentType, LinkTemplate
from incidents.workflow import save_view
from incidents.workflow.catalogue import keep_in_catalogue
from integrations.models import Integration
from integrations.workflow import receive
from retros.workflow import add_hint_word
from statuspages.models import StatusPage
from tests import access_table as made
from trackers.models import Ticket, TicketConflict

World = SimpleNamespace
DAY = timedelta(days=1)


def _of_incident(make: Callable[[Any, Any], Any]) -> Callable[[World], Any]:
    return lambda w: make(w, w.incident)


def _page(find: Callable[[StatusPage], Any]) -> Callable[[World], Any]:
    return lambda w: find(made.dressed(w))


def _account_token(w: World) -> int:
    account = User.objects.get(pk=value("account", w))
    return create_token(by=w.admin, owner=account, name="ci", scopes=["incidents:read"])[0].pk


def _payload(w: World) -> int:
    sender = Integration.objects.get(pk=value("integration", w))
    return receive(integration=sender, dialect="generic", body=b'{"title": "Door is open"}').pk


def _template(w: World) -> int:
    return keep_in_catalogue(
        by=w.admin, entry=LinkTemplate(label="Logs", url_template="https://logs.example.org/{reference}")
    ).pk


def _silence(w: World) -> int:
    """Of the alert that stands in the address."""
    pk = int(value("alert", w))
    made_here = Silence.objects.get(pk=made.silence(w, None))
    made_here.alert_id = pk
    made_here.save(update_fields=["alert"])
    return made_here.pk


def _ticket(w: World) -> int:
    """Of the action item that stands in the address."""
    return made.new_ticket(w, ActionItem.objects.of_reference(value("item", w)).get().pk).pk


def _conflict(w: World) -> int:
    return TicketConflict.objects.get(ticket=Ticket.objects.get(pk=value("ticket", w))).pk


RECORDS: dict[str, Callable[[World], Any]] = {
    "incident": lambda w: w.incident.reference,
    "hypothesis": _of_incident(made.hypothesis),
    "mitigation": _of_incident(made.mitigation),
    "task": _of_incident(made.task),
    "check": _of_incident(made.check),
    "update": _of_incident(made.update),
    "event": _of_incident(made.event),
    "evidence": _of_incident(made.evidence_with_file),
    "link": _of_incident(lambda w, incident: made.brief_link(w, incident).pk),
    "change": _of_incident(made.change),
    "role": lambda w: "commander",
    "service": lambda w: made.a_service().slug,
    "view": lambda w: save_view(by=w.responder, name="Mine", query="is:open").pk,
    "person": lambda w: w.stakeholder.pk,
    "team": lambda w: made.team_member(w, None) and "payments",
    "member": lambda w: made.team_member(w, None),
    "invitation": lambda w: made.invitation(w, None)[0].pk,
    "page": _page(lambda page: page.slug),
    "component_group": _page(lambda page: page.groups.get().pk),
    "component": _page(lambda page: page.components.get().pk),
    "maintenance": lambda w: made.repeating(w).pk,
    "retrospective": _of_incident(made.retrospective),
    "read": lambda w: made.published(w, w.older),
    "participant": _of_incident(made.participant),
    "agenda_item": _of_incident(made.agenda_item),
    "review": lambda w: "1",  # where one is needed, its row makes it
    "factor": _of_incident(made.factor),
    "learning": _of_incident(made.learning),
    "learning_group": _of_incident(made.learning_group),
    "document": lambda w: "what_happened",
    "section_version": _of_incident(made.kept_version),
    "comment": _of_incident(made.conversation),
    "dimension": lambda w: "customers",
    "entry": _of_incident(made.timeline_entry),
    "removed_entry": _of_incident(made.removed_entry),
    "question": lambda w: "safety_start",
    "review_check": lambda w: "factors",
    "publication": lambda w: 1,
    "pdf_export": lambda w: made.export(w, w.older),
    "retrospective_format": lambda w: made.own_format(w, None),
    "hint_word": lambda w: add_hint_word(by=w.admin, words="cowboy", ask="Who?").pk,
    "item": lambda w: ActionItem.objects.get(pk=made.own_item(w, None)).reference,
    "tracker": lambda w: made.tracker(w, None),
    "tracker_project": lambda w: made.tracker_project(w, None),
    "tracker_person": lambda w: made.tracker_person(w, None),
    "ticket": _ticket,
    "ticket_conflict": _conflict,
    "alert": lambda w: made.alert(w, None),
    "silence": _silence,
    "alert_route": lambda w: made.alert_route(w, None),
    "integration": lambda w: made.integration(w, None),
    "payload": _payload,
    "data_source": lambda w: made.data_source(w, None),
    "signal": lambda w: made.signal(w, None),
    "trial": lambda w: made.trial(w, None),
    "incident_signal": _of_incident(made.signal_of),
    "prediction": _of_incident(made.prediction),
    "automation": lambda w: made.automation(w, None),
    "incident_automation": _of_incident(made.automation_of),
    "automation_run": _of_incident(made.requested_run),
    "severity": lambda w: "SEV3",
    "service_slug": lambda w: made.a_service().slug,
    "role_slug": lambda w: "deputy",
    "incident_type": lambda w: keep_in_catalogue(by=w.admin, entry=IncidentType(name="Own")).pk,
    "checklist_line": lambda w: ChecklistTemplate.objects.earliest("pk").pk,
    "link_template": _template,
    "channel": lambda w: made.channel(w, None),
    "delivery": lambda w: made.dead_delivery(w, None),
    "dead_event": lambda w: made.dead_event(w, None),
    "insights_question": lambda w: "faster",
    "insights_metric": lambda w: "time_to_resolve",
    "annotation": lambda w: made.annotation(w, None),
    "insights_file": lambda w: made.insights_paper(w, None),
    "import_run": lambda w: made.read_file(w, None),
    "export": lambda w: made.own_export(w, None),
    "subscription": lambda w: made.own_subscription(w, None),
    "outside": lambda w: made.outside_address(w, None),
    "notice": lambda w: made.own_notice(w, w.incident),
    "audience": lambda w: "public",
    "stage": lambda w: "declared",
    "report": lambda w: made.own_report(w, None),
    "token": lambda w: create_token(by=w.responder, name="own", scopes=["insights:read"], lifetime=DAY)[0].pk,
    "account": lambda w: made.service_account(w, None),
    "account_token": _account_token,
}


def value(part: str, w: World) -> str:
    """Made once in a world."""
    if part not in w.addresses:
        w.addresses[part] = str(RECORDS[part](w))
    return w.addresses[part]
