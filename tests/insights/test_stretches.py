"""Are a person's stretches of work merged as one would merge them by hand, whatever they are?"""

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from incidents.models import Incident
from incidents.models.people import ActivitySession, Participation
from insights.cohort import Scope
from insights.cost_queries import Rates, spending
from insights.hours import responder_hours
from tests.worked import merged, seconds_of, stretches_of

MONDAY = datetime(2026, 3, 9, tzinfo=UTC)
stretch = st.tuples(st.integers(0, 900), st.integers(0, 200)).map(lambda pair: (pair[0], pair[0] + pair[1]))
seat = st.tuples(st.none() | stretch, st.lists(stretch, max_size=4))  # joined to left, and activity


def at(minute):
    return MONDAY + timedelta(minutes=minute)


def sit(incident, user, joined_to_left, activity):
    joined, left = joined_to_left or (0, None)
    seat = Participation.objects.create(
        incident=incident, user=user, joined_at=at(joined), last_active_at=at(joined),
        left_at=None if left is None else at(left),
    )  # fmt: skip
    ActivitySession.objects.bulk_create(
        ActivitySession(participation=seat, started_at=at(first), last_at=at(last))
        for first, last in activity
    )
    return stretches_of(seat)


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seats=st.lists(seat, min_size=4, max_size=4))
@example(seats=[((0, 10), []), (None, []), ((5, 20), [(60, 60)]), (None, [(3, 3), (40, 41)])])
def test_as_by_hand(past, responder, commander, seats):
    Participation.objects.all().delete()
    incidents = list(Incident.objects.order_by("pk")[:2]) or [past(at=MONDAY), past(at=MONDAY)]
    people = (responder, commander)
    places = [(incident, user) for incident in incidents for user in people]
    stretches = [(*place, sit(*place, *taken_by)) for place, taken_by in zip(places, seats, strict=True)]
    Participation.objects.count_work()
    scope = Scope(Incident.objects.all())
    alone = sum(seconds_of(merged(found)) for _, _, found in stretches)
    assert round(spending(scope, Rates.get()).worked.whole) == alone
    for person in people:
        both = [one for _, user, found in stretches if user == person for one in found]
        assert round(sum(responder_hours(scope, "UTC", person.pk).values()) * 3600) == seconds_of(
            merged(both)
        )
