"""Does the kept SQL of a scope count what the scope is, for everybody, in every period?"""

from collections import Counter
from datetime import timedelta

import pytest
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from incidents.models import Incident, Participation, Status
from insights.cohort import LEFT_OUT, WHY_LEFT_OUT, Access, Scope


@pytest.fixture
def told(past, responder):
    """In the last 30 days, one of each kind that is counted or left out; half of them private, one told to the responder."""
    now = timezone.now()
    statuses = [Status.FIXING, Status.TRIAGE, Status.DECLINED, Status.MERGED, Status.CLOSED]
    for n in range(20):
        incident = past(days_ago=1 + n * 1.5, is_private=n % 2 == 0, is_drill=n % 7 == 0)
        Incident.objects.filter(pk=incident.pk).update(status=statuses[n % 5])
        if n == 4:
            Participation.objects.create(incident=incident, user=responder, joined_at=now, last_active_at=now)


def counted(person: User | None, since, until) -> tuple[int, dict[str, int]]:
    """In Python, of every row."""
    reached = Incident.objects.all() if person is None else Incident.objects.visible_to(person)
    rows = reached.annotate(began=Coalesce("impact_started_at", "declared_at", "created_at"))
    inside = [i for i in rows if (not since or i.began >= since) and (not until or i.began < until)]
    left = Counter(
        "drills" if i.is_drill else WHY_LEFT_OUT[i.status]
        for i in inside
        if i.is_drill or i.status in LEFT_OUT
    )
    of_each = dict.fromkeys(("drills", *WHY_LEFT_OUT.values()), 0) | left
    return sum(not i.is_drill and i.status not in LEFT_OUT for i in inside), of_each


@pytest.mark.parametrize("since", [None, timedelta(days=20)])
@pytest.mark.parametrize("until", [None, timedelta(days=5)])
def test_for_everybody(told, commander, responder, stakeholder, outsider, admin, since, until):
    now = timezone.now()
    first, after = (now - ago if ago else None for ago in (since, until))
    seen = set()
    for person in (commander, responder, stakeholder, outsider, admin, None):
        for hides in (False, True):
            if person is not None:
                person.hides_private = hides
            access = Access(person)
            for _again in range(2):
                scope = Scope(access.incidents, first, after, access=access)
                assert (scope.count, scope.left_out()) == counted(person, first, after)
            seen.add(scope.count)
    assert len(seen) > 1, "somebody reaches more than others"


def test_what_is_narrowed_further(told, responder, severity):
    access = Access(responder)
    narrowed = access.incidents.filter(status=Status.CLOSED)
    scope = Scope(narrowed, access=access)
    assert scope.count == narrowed.filter(is_drill=False).count() > 0
    assert Scope(access.incidents, access=access).count > scope.count
