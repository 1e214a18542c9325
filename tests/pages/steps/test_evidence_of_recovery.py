"""Does the resolve page say what speaks for recovery, what against it, and which status pages its states are for?"""

from datetime import timedelta

import pytest
from django.utils import timezone

from alerts.models import Alert
from alerts.observed import Observed, Parsed, Told
from alerts.workflow import attach_alert, take_in
from incidents.models import ChecklistKind, CheckState, Service
from incidents.workflow import (
    add_task,
    change_visibility,
    complete_task,
    mitigate_incident,
    move_hypothesis,
    move_mitigation,
    post_status_update,
    raise_hypothesis,
    record_mitigation,
    set_service_impact,
    settle_recovery_check,
    watch_recovery_check,
)
from integrations.workflow import create_integration
from statuspages.models import Component, PageAudience, StatusPage
from timeline.models import Kind
from timeline.workflow import record_event


def address(incident) -> str:
    return f"{incident.get_absolute_url()}resolution/"


@pytest.fixture
def lines(client):
    """`lines(incident)`: the words of each line of evidence by what it speaks for."""

    def read(incident) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {"for": [], "open": [], "against": []}
        for line in client.get(address(incident)).context["evidence"]:
            found[line.speaks].append(line.text)
        return found

    return read


@pytest.fixture
def mitigated(updated, commander):
    return mitigate_incident(incident=updated, by=commander)


def test_nothing_is_claimed_where_nothing_is_recorded(mitigated, lines):
    found = lines(mitigated)
    assert (
        found["for"] == ["Nothing new on the timeline since the mitigation, the last entry"]
        or not found["for"]
    )
    assert found["against"] == []
    assert "No mitigation is recorded as worked" in found["open"]
    assert "No signal was watched until it stayed normal" in found["open"]


def test_mitigations(updated, commander, lines):
    worked = record_mitigation(incident=updated, by=commander, text="Roll back", state="applying")
    move_mitigation(mitigation=worked, state="worked", by=commander)
    mitigated = mitigate_incident(incident=updated, by=commander)
    record_mitigation(incident=mitigated, by=commander, text="Scale up", state="applying")
    worse = record_mitigation(incident=mitigated, by=commander, text="Drain the queue", state="applying")
    move_mitigation(mitigation=worse, state="made_worse", by=commander)
    found = lines(mitigated)
    assert "Mitigation worked: “Roll back”" in found["for"]
    assert found["against"] == [
        "Still applying: “Scale up”",
        "Made it worse and is not reverted: “Drain the queue”",
    ]
    assert "No mitigation is recorded as worked" not in found["open"]


def test_services(updated, commander, service, lines):
    set_service_impact(incident=updated, service=service, impact="major_outage", by=commander)
    mitigated = mitigate_incident(incident=updated, by=commander, impacts={service: "degraded"})
    assert lines(mitigated)["against"] == ["Payments is still set to degraded, since"]
    set_service_impact(incident=mitigated, service=service, impact=None, by=commander)
    assert "All affected services are operational again" in lines(mitigated)["for"]


def test_checks(mitigated, commander, lines):
    waived, *others = mitigated.recovery_checks.all()
    passed = next(check for check in others if check.kind != ChecklistKind.SIGNAL)
    settle_recovery_check(check=passed, state=CheckState.PASSED, by=commander)
    settle_recovery_check(check=waived, state=CheckState.WAIVED, by=commander, result="No time")
    found = lines(mitigated)
    assert f"1 of {1 + len(others)} recovery checks passed, the last one" in found["for"]
    assert "1 recovery check waived, so not verified" in found["open"]


def test_a_signal_that_is_watched(mitigated, commander, lines):
    signal = mitigated.recovery_checks.get(kind=ChecklistKind.SIGNAL)
    watch_recovery_check(check=signal, by=commander)
    found = lines(mitigated)["open"]
    assert "A signal is still being watched" in found
    assert "No signal was watched until it stayed normal" not in found


def test_alerts_that_still_fire(admin, mitigated, commander, lines):
    """Silenced or not: nobody has to hear of them again for it."""
    source = create_integration(by=admin, kind="generic", name="Monitoring")[0]
    for key in ("disk", "queue"):
        told = Observed(
            dedup_key=key, state=Told.FIRING, title=f"The {key} is full", started_at=timezone.now()
        )
        take_in(integration=source, parsed=Parsed((told,)), received_at=timezone.now(), by=source.account)
    for alert in Alert.objects.order_by("pk"):
        attach_alert(alert=alert, incident=mitigated, by=commander)
    Alert.objects.filter(dedup_key="queue").update(state="resolved", resolved_at=timezone.now())
    found = lines(mitigated)
    assert found["against"] == ["Alert still fires: “The disk is full”"]
    assert not [text for text in found["for"] if "alert" in text.lower()]


def test_alerts(updated, commander, lines):
    mitigated = mitigate_incident(incident=updated, by=commander)
    quiet = "No alert recorded since the mitigation, the last one before it"
    assert quiet not in lines(mitigated)["for"], "a silence of nothing"
    before = mitigated.mitigated_at - timedelta(minutes=1)
    record_event(incident=mitigated, kind=Kind.ALERT, text="Errors", by=None, occurred_at=before)
    assert quiet in lines(mitigated)["for"]
    gone = record_event(incident=mitigated, kind=Kind.ALERT, text="Errors", by=None)
    assert lines(mitigated)["against"] == ["1 alert after the mitigation, the last one"]
    gone.removed_at = timezone.now()
    gone.save()
    assert lines(mitigated)["against"] == []


def test_hypotheses_tasks_and_questions(mitigated, commander, lines):
    supported = raise_hypothesis(incident=mitigated, by=commander, claim="A bad release")
    move_hypothesis(hypothesis=supported, by=commander, state="supported", verdict="log")
    raise_hypothesis(incident=mitigated, by=commander, claim="A full disk")
    done = add_task(incident=mitigated, by=commander, title="Look at the log")
    complete_task(task=done, by=commander)
    for n in range(5):
        add_task(incident=mitigated, by=commander, title=f"Count the orders of day {n}")
    record_event(incident=mitigated, kind=Kind.QUESTION, text="Who was charged?", by=commander)
    found = lines(mitigated)
    assert "Supported hypothesis: “A bad release”" in found["for"]
    assert "Hypothesis not settled: “A full disk”" in found["open"]
    assert "Question without an answer: “Who was charged?”" in found["open"]
    tasks = [text for text in found["open"] if text.startswith("Task not done")]
    assert tasks == [
        *(f"Task not done: “Count the orders of day {n}”" for n in range(3)),
        "Task not done: 2 more",
    ]
    assert "Last entry on the timeline: question" in found["open"]


def test_an_audience_that_heard_nothing_since(mitigated, commander, lines):
    assert "Public: the last update is from before the mitigation" in lines(mitigated)["open"]
    post_status_update(
        incident=mitigated, by=commander, audiences=["public"], known="It holds.", no_open_unknowns=True,
        public_title="Payments fail", wordings={"public": {"known": "It works."}},
        next_update_at=timezone.now() + timedelta(minutes=30),
    )  # fmt: skip
    found = lines(mitigated)["open"]
    assert "Public: the last update is from before the mitigation" not in found
    assert "Stakeholders: the last update is from before the mitigation" in found


def test_only_while_it_is_mitigated(client, updated):
    assert client.get(address(updated)).context["evidence"] == []


def test_a_long_title_and_many_services_keep_the_page_short(mitigated, commander, lines):
    add_task(incident=mitigated, by=commander, title="x" * 200)
    for n in range(8):
        one = Service.objects.create(name=f"Service {n}", slug=f"service-{n}", tier=2)
        set_service_impact(incident=mitigated, service=one, impact="degraded", by=commander)
    found = lines(mitigated)
    assert max(map(len, found["open"])) < 150
    assert found["against"][-1] == "5 more services still affected"


@pytest.fixture
def shown(service):
    """Payments is on two published pages and on a draft; Search only on one of them, Batch on none."""
    pages = [
        StatusPage.objects.create(name="Shop", slug="shop", is_published=True),
        StatusPage.objects.create(
            name="Inside", slug="inside", is_published=True, audience=PageAudience.INTERNAL
        ),
        StatusPage.objects.create(name="Draft", slug="draft"),
    ]
    search = Service.objects.create(name="Search", slug="search", tier=2)
    for page in pages:
        Component.objects.create(page=page, name="Cards", service=service)
    Component.objects.create(page=pages[0], name="Find", service=search)
    return [service, search, Service.objects.create(name="Batch", slug="batch", tier=3)]


def affect(incident, commander, services):
    for one in services:
        set_service_impact(incident=incident, service=one, impact="degraded", by=commander)


def test_the_pages_are_named_above_the_states(client, mitigated, commander, shown):
    affect(mitigated, commander, shown)
    answer = client.get(address(mitigated))
    assert "on Inside and Shop</span>" in answer.text
    assert "Draft" not in answer.text
    rows = {str(row.service): row.pages for row in answer.context["resolve_form"].service_rows}
    assert rows == {"Payments": ["Inside", "Shop"], "Search": ["Shop"], "Batch": []}
    assert "only on Shop" in answer.text
    assert "on no status page" in answer.text


def test_a_service_on_no_page_says_so(client, mitigated, commander, shown):
    affect(mitigated, commander, shown[2:])
    assert "No published status page shows these services." in client.get(address(mitigated)).text


def test_a_private_incident_is_on_no_page(client, mitigated, commander, shown):
    affect(mitigated, commander, shown[:1])
    change_visibility(incident=mitigated, by=commander, is_private=True)
    answer = client.get(address(mitigated)).text
    assert "because the incident is private" in answer
    assert "Shop" not in answer


def test_a_claim_without_evidence_has_a_hint_under_its_text(client, mitigated, commander):
    add_task(incident=mitigated, by=commander, title="Was anything charged and not stored?")
    form = client.get(address(mitigated)).context["resolve_form"]
    typed = {f.name: f.value() for f in form if f.value() not in (None, False)}
    typed |= {"text_public": "Cards work again. You were not charged twice.", "preview": "1"}
    answer = client.post(address(mitigated), typed, headers={"HX-Request": "true"})
    assert 'id="hints_public" role="status" hx-swap-oob="true"' in answer.text
    assert "The task “Was anything charged and not stored?” is open." in answer.text
    answer = client.post(address(mitigated), typed)
    assert "The task “Was anything charged and not stored?” is open." in answer.text, "also without scripts"
    assert "hx-swap-oob" not in answer.text
    complete_task(task=mitigated.tasks.get(title__startswith="Was anything"), by=commander)
    answer = client.post(address(mitigated), typed, headers={"HX-Request": "true"})
    assert "has no evidence" not in answer.text
    assert answer.context["text_hints"] == {"public": [], "stakeholders": []}
