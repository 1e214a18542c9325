"""Can administrators set up alert routes, try them and put them in order, and can others read them?"""

import pytest
from django.urls import reverse
from django.utils import timezone

from alerts.models import Alert, Route
from alerts.workflow import add_alert_route, order_alert_routes
from audit.models import AuditEntry
from incidents.models import Incident, Service
from incidents.workflow import declare_incident
from tests.alerts.conftest import firing

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Database",
    "is_active": "on",
    "becomes": "suspect",
    "attaches_first": "on",
    "group_by": "service",
    "window_minutes": "60",
    "times": "1",
    "times_minutes": "30",
    "firing_minutes": "0",
    "word_0": "page",
    "becomes_0": "declare",
}


@pytest.fixture
def of_admin(client, admin):
    client.force_login(admin)
    return client


def sent(**said) -> dict:
    return FORM | said


def add(admin, *names) -> list[Route]:
    return [add_alert_route(by=admin, name=name) for name in names]


def names() -> list[str]:
    return list(Route.objects.in_order().values_list("name", flat=True))


def test_one_is_added_with_all_that_was_chosen(of_admin, integration, severity):
    service = Service.objects.create(name="Payments", slug="payments")
    said = sent(
        severities="critical, page",
        labels="cluster = eu-*\nenv != test",
        title_without="canary",
        services=[service.pk],
        integrations=[integration.pk],
        severity_0=severity(1).pk,
    )
    assert of_admin.post(reverse("alert_route_new"), said).status_code == 302
    route = Route.objects.get()
    assert (route.severities, route.labels) == (["critical", "page"], ["cluster = eu-*", "env != test"])
    assert (list(route.services.all()), list(route.integrations.all())) == ([service], [integration])
    assert [(one.word, one.becomes, one.severity) for one in route.outcomes.all()] == [
        ("page", "declare", severity(1))
    ]
    assert AuditEntry.objects.filter(action="alert_route.added").count() == 1
    page = of_admin.get(reverse("alert_routes")).content.decode()
    for words in ("Database", "cluster = eu-*", "Declare an incident, SEV1", "Create a suspected incident"):
        assert words in page


def test_the_form_shows_what_is_stored_and_saves_it_again(of_admin, admin, severity):
    said = {"page": {"becomes": "declare", "severity": severity(1)}}
    route = add_alert_route(
        by=admin, name="Database", labels=["a = b"], window_minutes=17, outcomes=said, becomes="suspect"
    )
    form = of_admin.get(route.get_absolute_url()).context["form"]
    data = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in data.items() if value is not None and value is not False}
    data["labels"] = "a = b"
    answer = of_admin.post(route.get_absolute_url(), data)
    assert answer.status_code == 302, answer.context["form"].errors
    route.refresh_from_db()
    assert (route.labels, route.window_minutes, route.outcomes.get().severity) == (["a = b"], 17, severity(1))


def test_what_is_refused_stands_at_its_field(of_admin):
    page = of_admin.post(reverse("alert_route_new"), sent(labels="nothing", expression="["))
    assert set(page.context["form"].errors) == {"labels", "expression"}
    assert not Route.objects.exists()


def test_a_trial_without_javascript_is_the_whole_page_and_saves_nothing(of_admin, tell, integration):
    at = timezone.now()
    tell_now(tell, firing("disk", at=0, severity="page"), at)
    page = of_admin.post(reverse("alert_route_new"), sent(**{"try": "yes"}))
    trial = page.context["trial"]
    assert (trial.stored, trial.matched, trial.declared, trial.suspected) == (1, 1, 1, 0)
    assert "<svg" in page.content.decode()
    assert 'value="Database"' in page.content.decode()
    assert not Route.objects.exists()
    assert not Incident.objects.exists()


def tell_now(tell, observed, at):
    """Taken in, and moved to now: trials are about the last days."""
    tell(observed, at=0)
    alert = Alert.objects.get(dedup_key=observed.dedup_key)
    alert.changes.update(received_at=at)
    Incident.objects.all().delete()


def test_a_trial_by_htmx_is_its_part_alone(of_admin):
    page = of_admin.post(
        reverse("alert_route_new"), sent(**{"try": "yes", "days": "30"}), headers={"HX-Request": "true"}
    )
    assert page.content.decode().strip().startswith('<div id="trial"')
    assert "No alert fired in this time." in page.content.decode()


def test_a_trial_of_an_incomplete_form_says_so(of_admin):
    page = of_admin.post(
        reverse("alert_route_new"), sent(**{"try": "yes", "name": ""}), headers={"HX-Request": "true"}
    )
    assert "Complete the form, then try it." in page.content.decode()


def test_a_trial_of_what_makes_no_sense_says_why(of_admin):
    said = sent(**{"try": "yes", "labels": "nothing"})
    page = of_admin.post(reverse("alert_route_new"), said, headers={"HX-Request": "true"})
    assert "“nothing” is no rule for a label." in page.content.decode()


def test_a_trial_tells_what_a_route_above_takes_and_compares_with_people(of_admin, admin, tell, severity):
    service = Service.objects.create(name="Payments", slug="payments")
    now = timezone.now()
    for key in ("one", "two"):
        tell_now(tell, firing(key, severity="info", title=key, service="payments"), now)
    add_alert_route(by=admin, name="First", title_words=["two"])
    declare_incident(by=admin, title="Slow", severity=severity(2), services=[service])
    page = of_admin.post(reverse("alert_route_new"), sent(**{"try": "yes"}))
    trial = page.context["trial"]
    assert (trial.matched, trial.taken_before, trial.suspected) == (1, 1, 1)
    (row,) = page.context["opened"]
    assert (row["one"].declared_by_hand, row["compared"][:20]) == ("INC-1", "was declared by hand")


def test_a_private_incident_and_its_alerts_are_in_no_trial_of_others(of_admin, commander, tell, severity):
    tell_now(tell, firing("disk", title="Leak of the year"), timezone.now())
    hidden = declare_incident(by=commander, title="Leak", severity=severity(1), is_private=True)
    Alert.objects.update(incident=hidden)
    page = of_admin.post(reverse("alert_route_new"), sent(**{"try": "yes"}))
    assert page.context["trial"].stored == 0
    assert "Leak" not in page.content.decode()


def test_they_are_put_in_order_by_buttons_and_by_dropping(of_admin, admin):
    first, _second, third = add(admin, "A", "B", "C")
    of_admin.post(reverse("alert_route_place", args=[third.pk]), {"to": "2"})
    assert names() == ["A", "C", "B"]
    part = of_admin.post(
        reverse("alert_route_place", args=[first.pk]), {"to": "3"}, headers={"HX-Request": "true"}
    )
    assert names() == ["C", "B", "A"]
    assert part.content.decode().strip().startswith('<div id="routes"')
    of_admin.post(reverse("alert_route_place", args=[first.pk]), {"to": "up"})
    assert names() == ["C", "B", "A"]


def test_an_order_names_every_route(admin):
    first, second = add(admin, "A", "B")
    order_alert_routes(by=admin, routes=[second, first])
    assert names() == ["B", "A"]
    assert AuditEntry.objects.filter(action="alert_route.reordered").count() == 1
    with pytest.raises(Exception, match="Name every alert route once"):
        order_alert_routes(by=admin, routes=[second])


def test_one_is_switched_off_and_removed(of_admin, admin):
    first, second = add(admin, "A", "B")
    of_admin.post(reverse("alert_route_state", args=[first.pk]), {"on": "no"})
    first.refresh_from_db()
    assert not first.is_active
    assert "Remove A?" in of_admin.get(reverse("alert_route_deletion", args=[first.pk])).content.decode()
    of_admin.post(reverse("alert_route_deletion", args=[first.pk]))
    second.refresh_from_db()
    assert (names(), second.position) == (["B"], 1)


def test_the_list_counts_the_alerts_of_each(of_admin, admin, tell):
    add_alert_route(by=admin, name="Disks", title_words=["disk"])
    tell(firing("one"), firing("two"), firing("three", title="Queue"), at=0)
    Alert.objects.update(last_fired_at=timezone.now())
    context = of_admin.get(reverse("alert_routes")).context
    assert ([row["count"] for row in context["rows"]], context["unmatched"]) == ([2], 1)


def test_others_read_them_and_change_nothing(client, stakeholder, admin):
    (route,) = add(admin, "A")
    client.force_login(stakeholder)
    page = client.get(reverse("alert_routes")).content.decode()
    assert "A" in page
    assert "Add route" not in page
    assert "Switch off" not in page
    assert client.post(reverse("alert_route_place", args=[route.pk]), {"to": "1"}).status_code == 403
    assert client.get(route.get_absolute_url()).status_code == 403


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"becomes": "suspect", "firing_minutes": 5}, "Until it has fired for 5 min."),
        ({"becomes": "record"}, "Recorded only."),
        ({"becomes": "suspect"}, "Opened a suspected incident, INC-1."),
    ],
)
def test_the_page_of_an_alert_tells_which_route_decided_and_why(client, responder, admin, tell, said, words):
    add_alert_route(by=admin, name="Disks", **said)
    tell(firing(), at=0)
    client.force_login(responder)
    page = client.get(Alert.objects.get().get_absolute_url()).content.decode()
    assert "Disks" in page
    assert words in page
