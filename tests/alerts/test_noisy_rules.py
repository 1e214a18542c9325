"""Which alert rules fire most, and what do they cost at night?"""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Installation
from alerts.models import Alert, AlertChange
from alerts.noise import noisiest_rules
from incidents.workflow import declare_incident
from tests.alerts.conftest import NOON, firing, resolved

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 3, 4, 23, tzinfo=UTC)
NOW = NIGHT + timedelta(days=1)


def fired(key: str, *times: datetime) -> Alert:
    """With firings at these times and no others."""
    alert = Alert.objects.get(dedup_key=key)
    alert.changes.all().delete()
    for at in times:
        AlertChange.objects.create(alert=alert, kind=AlertChange.Kind.FIRED_AGAIN, received_at=at)
    return alert


def test_rules_are_named_by_their_label_or_title_and_ranked(tell, responder):
    tell(firing("a", labels={"alertname": "DiskFull"}), firing("b", labels={"alertname": "DiskFull"}), at=0)
    tell(firing("c", title="Queue is long"), at=0)
    tell(resolved("c"), at=1)
    found = noisiest_rules(responder, NOW)
    assert [(one.name, one.firings, one.alerts) for one in found] == [
        ("DiskFull", 2, 2),
        ("Queue is long", 1, 1),
    ]
    assert found[0].integration_name == "Monitoring"


def test_night_hours_are_hours_of_the_organisations_night_in_which_it_fired(tell, responder):
    tell(firing("a"), at=0)
    quarter = timedelta(minutes=15)
    fired("a", NOON, NIGHT, NIGHT + quarter, NIGHT + 2 * quarter, NIGHT + timedelta(hours=3))
    assert [one.night_hours for one in noisiest_rules(responder, NOW)] == [2]
    Installation.objects.update_or_create(
        pk=1, defaults={"time_zone": "Asia/Tokyo"}
    )  # NIGHT is 8 in the morning
    assert [one.night_hours for one in noisiest_rules(responder, NOW)] == [0]


def test_noise_and_incidents_are_counted_and_tests_are_not(tell, responder, severity):
    tell(firing("a", title="Same"), firing("b", title="Same"), at=0)
    tell(firing("t", title="Test"), at=0, is_test=True)
    incident = declare_incident(by=responder, title="Disk", severity=severity(2))
    Alert.objects.filter(dedup_key__in="ab").update(incident=incident)
    Alert.objects.filter(dedup_key="a").update(is_noise=True)
    (rule,) = noisiest_rules(responder, NOW)
    assert (rule.alerts, rule.noise, rule.incidents) == (2, 1, 1)


def test_of_very_many_firings_the_newest_count(tell, responder):
    tell(firing("a"), at=0)
    fired("a", *(NIGHT + timedelta(minutes=n) for n in range(5)))
    assert [one.firings for one in noisiest_rules(responder, NOW, most=3)] == [3]
    assert [one.firings for one in noisiest_rules(responder, NOW, most=9)] == [5]


def test_only_the_last_30_days_count(tell, responder):
    tell(firing("a"), at=0)
    fired("a", NOW - timedelta(days=31))
    assert noisiest_rules(responder, NOW) == []


def test_what_is_out_of_reach_is_not_counted(tell, responder, commander, severity):
    tell(firing("a"), at=0)
    hidden = declare_incident(by=commander, title="Leak", severity=severity(1), is_private=True)
    Alert.objects.update(incident=hidden)
    assert noisiest_rules(responder, NOW) == []
    assert len(noisiest_rules(commander, NOW)) == 1


def test_the_page_orders_as_asked_in_few_statements(client, responder, tell, django_assert_max_num_queries):
    for n in range(3):
        tell(*(firing(f"{n} {m}", title=f"Rule {n}") for m in range(n + 1)), at=0)
    AlertChange.objects.update(received_at=NOW.now(UTC))
    client.force_login(responder)
    with django_assert_max_num_queries(14):
        page = client.get("/alerts/noisy-rules/")
    assert [one.name for one in page.context["rules"]] == ["Rule 2", "Rule 1", "Rule 0"]
    assert client.get("/alerts/noisy-rules/?sort=nothing").context["sort"] == "firings"
