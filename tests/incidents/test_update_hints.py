"""Which words of an update get a hint, and which are left alone?"""

import uuid

import pytest

from incidents.models import ChecklistKind, Service
from incidents.update_hints import hints
from incidents.workflow import (
    add_task,
    mitigate_incident,
    move_hypothesis,
    post_status_update,
    raise_hypothesis,
    set_service_impact,
    settle_recovery_check,
)


def rules(incident, text, field="known"):
    return {hint.rule for hint in hints(incident, {field: text})}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("It will be fixed by 14:00.", "promise"),
        ("Everything should be back in 20 minutes", "promise"),
        ("ETA 30 min", "promise"),
        ("Card payments will be restored shortly.", "promise"),
        ("This was caused by a bad release.", "cause"),
        ("Slow because of the database.", "cause"),
        ("The root cause is a full disk.", "cause"),
        ("This will never happen again.", "never"),
        ("We make sure it won’t happen again", "never"),
        ("There is an outage of search.", "outage"),
        ("AWS broke our queues.", "vendor"),
        ("Our payment provider is to blame.", "vendor"),
        ("Costs are {{ cost.low }} so far.", "variable"),
    ],
)
def test_found(incident, text, rule):
    assert rules(incident, text) == {rule}


@pytest.mark.parametrize(
    "text",
    [
        "About 4 in 10 card payments fail. Wallet and invoice payments work.",
        "The cause is not known yet; we are looking for it.",
        "We are returning to the previous release, one zone at a time.",
        "The next update comes by 14:20.",
        "Payments through AWS are slow; we are routing around it.",
        "We will write again within 30 minutes.",
        "Fixed disks were added.",
        "ETA unknown.",
    ],
)
def test_left_alone(incident, text):
    assert rules(incident, text) == set()


def test_a_supported_cause_may_be_named(incident, commander):
    claim = raise_hypothesis(incident=incident, by=commander, claim="Bad release")
    move_hypothesis(hypothesis=claim, by=commander, state="supported", verdict="seen in the log")
    assert rules(incident, "It was caused by a bad release.") == set()


def test_what_is_down_is_an_outage(incident, commander):
    service = Service.objects.create(name="Search", slug="search")
    set_service_impact(incident=incident, service=service, by=commander, impact="major_outage")
    assert rules(incident, "There is an outage of search.") == set()


@pytest.mark.parametrize(
    "host", ["web-03.example.internal", "prod-db-02", "10.0.3.17", "db1.internal", "node-7"]
)
def test_machines_are_not_for_the_public(incident, host):
    assert rules(incident, f"We restarted {host} again.", "public_known") == {"host"}
    assert rules(incident, f"We restarted {host} again.") == set()


@pytest.mark.parametrize(
    "text", ["See https://status-3.example.com/x", "Write to help-2@example.com", "4 in 10", "at 03:12"]
)
def test_addresses_and_figures_are_fine_in_public(incident, text):
    assert rules(incident, text, "public_known") == set()


def test_people_are_not_for_the_public(incident, commander):
    assert rules(incident, f"{commander.name} is restarting it.", "public_known") == {"person"}
    assert rules(incident, "commander is at it", "public_known") == set()


def test_dismissed_stays_away(incident):
    found = hints(incident, {"known": "An outage."})
    assert hints(incident, {"known": "An outage."}, [found[0].key]) == []


def test_they_never_block(client, incident, commander):
    client.force_login(commander)
    page = incident.get_absolute_url() + "status-updates/new/"
    sent = {
        "audiences": ["stakeholders"],
        "known": "An outage, caused by AWS; will be fixed by noon, never again.",
    }
    sent |= {"no_open_unknowns": True, "next_minutes": 30, "form_token": str(uuid.uuid4())}
    looked = client.post(page, sent | {"preview": "1"}).content.decode()
    assert all(
        word in looked for word in ("nothing is fully down", "nobody can promise", "Exactly what they get")
    )
    assert client.post(page, sent).status_code == 302
    assert incident.status_updates.count() == 1


def test_the_words_of_a_published_update_are_not_looked_at_again(incident, commander):
    """Hints belong to writing; posting does not run them."""
    update = post_status_update(
        incident=incident, by=commander, audiences=["stakeholders"], known="An outage.", no_open_unknowns=True,
        published_at=incident.declared_at,
    )  # fmt: skip
    assert update.known == "An outage."


@pytest.mark.parametrize("text", ["No data was lost.", "There was no data loss.", "Nothing was lost."])
def test_a_claim_about_data_needs_the_check_that_asks(incident, commander, text):
    mitigated = mitigate_incident(incident=incident, by=commander)
    check = mitigated.recovery_checks.filter(kind=ChecklistKind.DATA_LOSS).first()
    (hint,) = hints(incident, {"known": text})
    assert (hint.rule, hint.goes_to) == ("claim", "resolution")
    assert f"The check “{check.title}” has not passed." in hint.why
    settle_recovery_check(check=check, state="passed", by=commander)
    assert hints(incident, {"known": text}) == []


def test_a_claim_that_nothing_speaks_against_is_left_alone(incident, commander):
    add_task(incident=incident, by=commander, title="Call the carrier after lunch")
    assert rules(incident, "Wallet payments were not affected.") == set()


def test_a_claim_that_an_open_task_asks_about(incident, commander):
    task = add_task(incident=incident, by=commander, title="Find out which wallets are affected")
    (hint,) = hints(incident, {"public_known": "Wallets were not affected."})
    assert (hint.rule, hint.goes_to) == ("claim", "incident")
    assert task.title in hint.why
