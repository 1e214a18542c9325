"""What gathers around incidents: alerts, changes, hypotheses, evidence, notices, comments, payloads, deliveries."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Model

from accounts.models import User
from action_items.models import ActionItem
from alerts.models import Alert, AlertChange, AlertState, Route
from bench.copying import (
    OF_ALERT,
    OF_DOCUMENT,
    OF_EVENT,
    OF_INCIDENT,
    OF_ITEM,
    OF_LEARNING,
    OF_PARTICIPATION,
    OF_RETROSPECTIVE,
)
from incidents.models import (
    Audience,
    DueTime,
    Hypothesis,
    ImpactAssessment,
    Incident,
    IncidentLink,
    Mitigation,
    Reminder,
    SavedView,
    Service,
    Task,
    UpdateRequest,
)
from incidents.models.people import ActivitySession
from incidents.models.recovery import RecoveryCheck
from integrations.models import Integration
from integrations.workflow import create_integration
from notifications.models import Channel
from retros.models import (
    AffectedUsers,
    AgendaItem,
    Comment,
    Document,
    DocumentVersion,
    FactorStep,
    Learning,
    LearningVote,
    ReaderMark,
    Retrospective,
    Review,
)
from subscribers.models import Notice, NotificationKind, Subscription
from timeline.models import Evidence, TimelineEventEdit

ALERTS = 3
DUE_TIMES = 8
SESSIONS = 2  # of a person on an incident
UNREAD = 30  # notices of each person
FIRING = 40  # alerts of no incident
KEPT_FOR = 30  # days, of deliveries; payloads are kept for half of them
SURROUNDINGS: list[tuple[type[Model], str]] = [
    (Alert, OF_INCIDENT),
    (AlertChange, OF_ALERT),
    (Hypothesis, OF_INCIDENT),
    (Mitigation, OF_INCIDENT),
    (Evidence, OF_INCIDENT),
    (ImpactAssessment, OF_INCIDENT),
    (IncidentLink, OF_INCIDENT),
    (Task, OF_INCIDENT),
    (DueTime, OF_INCIDENT),
    (Reminder, OF_INCIDENT),
    (RecoveryCheck, OF_INCIDENT),
    (UpdateRequest, OF_INCIDENT),
    (TimelineEventEdit, OF_EVENT),
    (ActivitySession, OF_PARTICIPATION),
    (AffectedUsers, OF_RETROSPECTIVE),
    (LearningVote, OF_LEARNING),
    (FactorStep, OF_RETROSPECTIVE),
    (ReaderMark, OF_RETROSPECTIVE),
    (AgendaItem, OF_RETROSPECTIVE),
    (Review, OF_RETROSPECTIVE),
    (DocumentVersion, OF_DOCUMENT),
    (Comment, OF_DOCUMENT),
    (Notice, OF_INCIDENT),
    (Notice, OF_RETROSPECTIVE),
    (Notice, OF_ITEM),
]
"""As `bench.build.COPIED`, after what they belong to."""


def senders(administrator: User, services: list[Service]) -> list[Integration]:
    return [
        create_integration(by=administrator, kind=kind, name=f"{kind.capitalize()} {n}", service=services[n])[
            0
        ]
        for n, kind in enumerate(("alertmanager", "alertmanager", "grafana", "zabbix"))
    ]


def surround(
    incident: Incident, began: datetime, lasted: timedelta, people: list[User], service: Service,
    sent_by: list[Integration],
) -> None:  # fmt: skip
    """What people and machines leave on one incident, and on its retrospective if it has one."""
    _alerts(incident, began, lasted, service, sent_by)
    _investigate(incident, began, lasted, people, service)
    _promise(incident, began, lasted, people[1])
    _take_part(incident, began, lasted, people)
    for retrospective in incident.retrospectives.all():
        AffectedUsers.objects.create(retrospective=retrospective, service=service, users=20_000, share=10)
        _discuss(retrospective, people)


def _investigate(
    incident: Incident, began: datetime, lasted: timedelta, people: list[User], service: Service
) -> None:
    by, other = people
    hypotheses = Hypothesis.objects.bulk_create(
        Hypothesis(
            incident=incident, claim=claim, owner=other, state=state, verdict="The graph shows it.",
            raised_at=began + lasted * 0.3, settled_at=began + lasted * 0.5,
        )
        for claim, state in (("The release did it", "refuted"), ("The queue is full", "supported"))
    )  # fmt: skip
    Mitigation.objects.create(
        incident=incident, kind="rollback", text="Back to the release before", target=service, owner=by,
        state="worked", observed_effect="Errors are gone", proposed_at=began + lasted * 0.5,
        started_at=began + lasted * 0.6, settled_at=began + lasted * 0.7,
    )  # fmt: skip
    Evidence.objects.create(
        incident=incident, kind="log", title="Errors of the gateway", body="upstream timed out\n" * 20,
        captured_at=began + lasted * 0.4, captured_by=other, hypothesis=hypotheses[1],
    )  # fmt: skip
    ImpactAssessment.objects.create(
        incident=incident, users_affected="many", criticality="main", data_at_risk="no", has_workaround="unknown",
        is_spreading="no", suggested=incident.severity, chosen=incident.severity, assessed_by=by,
        assessed_at=began + lasted * 0.15,
    )  # fmt: skip
    IncidentLink.objects.create(incident=incident, label="Dashboard", url="https://graphs.example.test/d/1")
    Task.objects.bulk_create(
        Task(
            incident=incident,
            title=f"Check zone {n}",
            owner=other,
            done_at=began + lasted * 0.8,
            done_by=other,
        )
        for n in range(2)
    )
    RecoveryCheck.objects.create(
        incident=incident, kind="signal", title="Errors are back to normal", state="passed", owner=other,
        settled_by=other, settled_at=began + lasted * 0.9,
    )  # fmt: skip


def _promise(incident: Incident, began: datetime, lasted: timedelta, asking: User) -> None:
    """When updates were due, who was reminded, and somebody who asked for one."""
    updates = list(incident.status_updates.all()[:DUE_TIMES])
    DueTime.objects.bulk_create(
        DueTime(
            incident=incident, audience="stakeholders", since_at=(at := began + lasted * n / 10),
            due_at=at + lasted / 9, ended_at=at + lasted / (8 if n % 4 == 0 else 10), update=update,
        )
        for n, update in enumerate(updates)
    )  # fmt: skip
    Reminder.objects.bulk_create(
        Reminder(
            incident=incident, about=Audience.STAKEHOLDERS, due_at=began + lasted * 0.3, step=step, is_open=False,
            recorded_at=began + lasted * 0.3,
        )
        for step in (-5, 0)
    )  # fmt: skip
    UpdateRequest.objects.create(
        incident=incident, person=asking, at=began + lasted * 0.2, answer=next(iter(updates), None)
    )


def _take_part(incident: Incident, began: datetime, lasted: timedelta, people: list[User]) -> None:
    """Who was active when, and what they were told."""
    by, other = people
    if event := incident.timeline.order_by("pk").last():
        TimelineEventEdit.objects.create(
            event=event, at=event.recorded_at, by=other, before={"text": "Looked"}
        )
    incident.participations.filter(user=by).update(left_at=None)  # most people never say that they left
    ActivitySession.objects.bulk_create(
        ActivitySession(
            participation=one, started_at=began + lasted * n / 2, last_at=began + lasted * (n + 0.6) / 2
        )
        for one in incident.participations.all()
        for n in range(SESSIONS)
    )
    Notice.objects.bulk_create(
        Notice(
            person=person, incident=incident, kind=kind, title=f"{incident.reference} {kind.label}: {incident.title}",
            url=incident.get_absolute_url(), created_at=began + lasted * 0.2, read_at=began + lasted,
        )
        for person in people
        for kind in (NotificationKind.DECLARED, NotificationKind.PROGRESS, NotificationKind.UPDATES)
    )  # fmt: skip


def _alerts(
    incident: Incident, began: datetime, lasted: timedelta, service: Service, sent_by: list[Integration]
) -> None:
    alerts = Alert.objects.bulk_create(
        Alert(
            integration=sent_by[n % len(sent_by)],
            dedup_key=f"{incident.number}-{n}",
            group_key=f"{incident.number}",
            state=AlertState.RESOLVED,
            title=f"{incident.title}: {('errors', 'latency', 'queue')[n]} above the limit",
            description="Seen in two of the zones.",
            severity="critical",
            service=service,
            labels={"service": service.slug, "zone": str(n), "number": str(incident.number)},
            occurrences=2,
            first_seen_at=began,
            firing_since=began,
            last_fired_at=began + lasted * 0.3,
            last_seen_at=began + lasted * 0.7,
            resolved_at=began + lasted * 0.7,
            incident=incident,
            decision="attached",
            decision_reason="Somebody attached it.",
            decided_at=began + lasted * 0.2,
        )
        for n in range(ALERTS)
    )
    steps = {"fired": 0.0, "attached": 0.2, "fired_again": 0.3, "resolved": 0.7}
    AlertChange.objects.bulk_create(
        AlertChange(
            alert=alert,
            kind=kind,
            told_at=(at := began + lasted * share),
            received_at=at,
            incident=incident if kind == "attached" else None,
        )
        for alert in alerts
        for kind, share in steps.items()
    )


def _discuss(retrospective: Retrospective, people: list[User]) -> None:
    owner, other = people
    at = retrospective.created_at
    AgendaItem.objects.bulk_create(
        AgendaItem(retrospective=retrospective, name=name, minutes=15, order=n, is_done=True)
        for n, name in enumerate(("What happened", "Why", "What we change"))
    )
    Review.objects.create(
        retrospective=retrospective, reviewer=other, asked_at=at, asked_by=owner, verdict="approved",
        answered_at=at + timedelta(days=1),
    )  # fmt: skip
    LearningVote.objects.bulk_create(
        LearningVote(learning=learning, user=owner)
        for learning in Learning.objects.filter(retrospective=retrospective)
    )
    FactorStep.objects.create(
        retrospective=retrospective, by=owner, at=at, what="Added a factor", before={}, after={}
    )
    ReaderMark.objects.bulk_create(
        ReaderMark(retrospective=retrospective, user=person, at=at) for person in people
    )
    documents = list(Document.objects.filter(retrospective=retrospective))
    DocumentVersion.objects.bulk_create(
        DocumentVersion(document=document, number=1, text=document.text, at=at) for document in documents
    )
    Comment.objects.bulk_create(
        Comment(document=document, text="Was that before the release?", author=other, at=at, resolved_at=at)
        for document in documents
    )
    about = {"kind": NotificationKind.RETROSPECTIVES, "created_at": at, "read_at": at + timedelta(days=1)}
    told = [Notice(person=owner, retrospective=retrospective, title=retrospective.title, **about)]
    told += [
        Notice(person=other, action_item=item, title=item.title, **about)
        for item in ActionItem.objects.filter(retrospective=retrospective)
    ]
    for notice in told:
        notice.url = retrospective.get_absolute_url()
    Notice.objects.bulk_create(told)


def fill_in(people: list[User], services: list[Service]) -> None:
    """What is no copy: what belongs to no incident, what is unread or firing, and what is kept for some weeks only."""
    for number in range(4):
        Route.objects.create(position=number, name=f"Route {number}", severities=["critical", "warning"])
        Channel.objects.create(
            name=f"Channel {number}", kind="webhook", url=f"https://hook{number}.example.test/"
        )
    Subscription.objects.bulk_create(
        Subscription(person=person, service=service)
        for n, person in enumerate(people)
        for service in services[n % 8 : n % 8 + 5]
    )
    SavedView.objects.bulk_create(
        SavedView(person=person, name=f"View {n}", path=path, query="severity=1")
        for person in people
        for n, path in enumerate(("", "", "/insights/"))
    )
    with connection.cursor() as cursor:
        for statement, *values in _STATEMENTS:
            cursor.execute(statement, values or None)


_STATEMENTS: list[tuple[object, ...]] = [
    (
        "UPDATE subscribers_notice SET read_at = NULL WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER"
        " (PARTITION BY person_id ORDER BY created_at DESC) AS n FROM subscribers_notice) AS newest WHERE n <= %s)",
        UNREAD,
    ),
    (  # two of three alerts belong to no incident: what fires at night and is over in the morning
        "INSERT INTO alerts_alert (integration_id, dedup_key, group_key, state, title, description, severity,"
        " service_id, service_name, source, labels, links, occurrences, first_seen_at, last_seen_at, resolved_at,"
        " quiet_reason, is_noise, is_test, route_group, decision, decision_reason, firing_since, last_fired_at)"
        " SELECT integration_id, dedup_key || '-' || n, '', state, title, description, 'warning', service_id, '', '',"
        " labels, '[]', 1, first_seen_at - n * interval '1 day', last_seen_at - n * interval '1 day',"
        " resolved_at - n * interval '1 day', '', false, false, '', 'recorded', '', firing_since, last_fired_at"
        " FROM alerts_alert CROSS JOIN generate_series(1, 2) n",
    ),
    (
        "INSERT INTO alerts_alertchange (alert_id, kind, told_at, received_at)"
        " SELECT id, kind, at, at FROM alerts_alert CROSS JOIN LATERAL"
        " (VALUES ('fired', first_seen_at), ('resolved', resolved_at)) AS told (kind, at) WHERE incident_id IS NULL",
    ),
    (  # each was decided by the route with its number
        "UPDATE alerts_alert a SET route_id = routes.ids[1 + a.id % array_length(routes.ids, 1)]"
        " FROM (SELECT array_agg(id ORDER BY id) AS ids FROM alerts_route) AS routes WHERE a.incident_id IS NULL",
    ),
    (
        "UPDATE alerts_alert SET state = 'firing', resolved_at = NULL, last_seen_at = now() WHERE id IN"
        " (SELECT id FROM alerts_alert WHERE incident_id IS NULL ORDER BY last_seen_at DESC LIMIT %s)",
        FIRING,
    ),
    (
        "INSERT INTO incidents_changeevent (service_id, kind, title, at, url, source, external_key)"
        " SELECT s.service_id, 'deployment', 'Release ' || i.number || '.' || n,"
        " i.impact_started_at - n * interval '25 minutes', '', 'ci', i.number || '.' || n"
        " FROM incidents_incident i CROSS JOIN generate_series(1, 3) n CROSS JOIN LATERAL"
        " (SELECT service_id FROM incidents_affectedservice a WHERE a.incident_id = i.id ORDER BY id LIMIT 1) s"
        " WHERE EXISTS (SELECT 1 FROM incidents_hypothesis h WHERE h.incident_id = i.id)",
    ),
    (
        "INSERT INTO incidents_changeevent_incidents (changeevent_id, incident_id)"
        " SELECT c.id, i.id FROM incidents_incident i JOIN incidents_changeevent c ON c.external_key = i.number || '.1'",
    ),
    (
        "INSERT INTO incidents_changeevent_suspected_in (changeevent_id, incident_id)"
        " SELECT changeevent_id, incident_id FROM incidents_changeevent_incidents",
    ),
    (
        "INSERT INTO integrations_payload (integration_id, dialect, headers, content_type, body, size, state, outcome,"
        " alerts, attempts, is_test, received_at, processed_at)"
        " SELECT a.integration_id, 'alertmanager', '{}', 'application/json', convert_to(repeat('{}', 500), 'UTF8'),"
        " 1000, 'processed', '1 alert', 1, 1, false, c.received_at, c.received_at FROM alerts_alertchange c"
        " JOIN alerts_alert a ON a.id = c.alert_id WHERE c.received_at > now() - %s * interval '1 day'",
        KEPT_FOR / 2,
    ),
    (
        'INSERT INTO notifications_delivery (id, key, kind, channel_id, address, about, "group", content, due_at,'
        " created_at, state, destination, lane, try_at, attempts, token, answer, answered_at, delivered_at)"
        " SELECT gen_random_uuid(), u.id || ':' || c.id, 'webhook', c.id, '', 'incident:' || u.incident_id, '', '{}',"
        " u.posted_at, u.posted_at, 'delivered', c.name, '', u.posted_at, 1, 1, '200', u.posted_at, u.posted_at"
        " FROM incidents_statusupdate u CROSS JOIN notifications_channel c"
        " WHERE u.posted_at > now() - %s * interval '1 day'",
        KEPT_FOR,
    ),
]
