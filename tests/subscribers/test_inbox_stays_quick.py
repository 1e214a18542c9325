"""Is what is unread counted by looking at what the notices are about, and at nothing else?"""

import pytest
from django.db import connection
from django.utils import timezone

from action_items.models import ActionItem
from alerts.models import Alert, AlertState
from incidents.models import Incident
from integrations.workflow import create_integration
from retros.models import Retrospective
from subscribers.models import Notice, Subscription
from tests.plans import most_rows

MANY = 400
FEW = 3


@pytest.fixture
def many(commander, severity):
    """400 incidents and as many retrospectives and action items; every tenth is private and nobody's."""
    now = timezone.now()
    incidents = Incident.objects.bulk_create(
        Incident(number=1000 + n, title="x", severity=severity(3), declared_at=now, is_private=n % 10 == 5)
        for n in range(MANY)
    )
    retrospectives = Retrospective.objects.bulk_create(
        Retrospective(title="x", incident=incident, is_private=incident.is_private) for incident in incidents
    )
    covers = Retrospective.incidents.through
    covers.objects.bulk_create(
        covers(retrospective=one, incident=incident)
        for one, incident in zip(retrospectives, incidents, strict=True)
    )
    items = ActionItem.objects.bulk_create(
        ActionItem(title="x", retrospective=one, incident=one.incident) for one in retrospectives
    )
    return {"incident": incidents, "retrospective": retrospectives, "action_item": items}


def analysed() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SET LOCAL enable_seqscan = off")


@pytest.mark.parametrize("about", ["incident", "retrospective", "action_item"])
def test_unread(many, responder, about):
    Notice.objects.bulk_create(
        Notice(person=responder, kind="duty", title="x", url="/", **{about: one})
        for one in many[about][: 2 * FEW]
    )
    analysed()
    unread = Notice.objects.of(responder).unread()
    assert most_rows(unread) <= MANY // 10
    assert unread.count() == 2 * FEW - 1, "the sixth is about what is private"


def test_what_one_follows(many, responder):
    Subscription.objects.bulk_create(
        Subscription(person=responder, incident=incident) for incident in many["incident"][: 2 * FEW]
    )
    analysed()
    own = Subscription.objects.of(responder).within_reach(responder)
    assert most_rows(own) <= MANY // 10
    assert own.count() == 2 * FEW - 1


def test_alerts_out_of_reach(many, admin, responder):
    sender, _key = create_integration(by=admin, kind="alertmanager", name="Alertmanager")
    now = timezone.now()
    Alert.objects.bulk_create(
        Alert(
            integration=sender,
            dedup_key=str(n),
            title="x",
            state=AlertState.FIRING,
            first_seen_at=now,
            last_seen_at=now,
            incident=incident if n % 2 else None,
            reopens=None if n % 2 else incident,
        )
        for n, incident in enumerate(many["incident"][:20])
    )
    analysed()
    hidden, seen = Alert.objects.hidden_from(responder), Alert.objects.visible_to(responder)
    assert {alert.dedup_key for alert in hidden} == {"5", "15"}
    assert seen.count() == 18
    assert most_rows(hidden) <= len(hidden) + len(seen), "not all private incidents"


def test_who_reaches_all_and_who_reaches_nothing(many, admin, responder):
    """What somebody does not reach may be nothing, and what they reach, too: then there is nothing to ask for."""
    for person in (admin, responder):
        Notice.objects.create(
            person=person, kind="duty", title="x", url="/", incident=many["incident"][FEW + 2]
        )
    admin.sees_private_incidents = True
    assert Notice.objects.of(admin).count() == 1
    assert Alert.objects.hidden_from(admin).count() == 0
    assert Subscription.objects.of(admin).within_reach(admin).count() == 0
    responder.is_active = False
    assert Notice.objects.of(responder).count() == 0
    assert Alert.objects.visible_to(responder).count() == 0
