"""Which words suggest a time, and which must not? The sentences are real ones of a public status page."""

from datetime import UTC, datetime, timedelta

import pytest

from insights.suggesting import (
    LONGEST_TEXT,
    Said,
    stated_end,
    suggested_detection,
    suggested_mitigation,
    suggestions,
    words_of_mitigation,
)

BEGAN = datetime(2024, 7, 5, 16, 30, tzinfo=UTC)
RESOLVED = BEGAN + timedelta(hours=3)


def at(minutes: int) -> datetime:
    return BEGAN + timedelta(minutes=minutes)


def said(minutes: int, text: str, status: str = "investigating") -> Said:
    return Said(at(minutes), status, text)


def both(updates, services=(), **known):
    times = {"began": BEGAN, "resolved": RESOLVED, "detected": None, "mitigated": None} | known
    found = suggestions(updates, services, asked=("detected_at", "mitigated_at"), **times)
    return {one.milestone: one.at for one in found}


@pytest.mark.parametrize(
    "text",
    [
        "We've applied a mitigation to unblock running Actions jobs and using Codespaces.",
        "We have identified the cause. We have deployed a fix and are monitoring closely.",
        "Intermittent large runners and self hosted runners issue has been mitigated",
        "The change has been reverted and users should start seeing improvements soon.",
        "A fix has been applied and we are seeing some recovery.",
        "We identified the issue affecting Git Operations and applied the mitigation. We expect it to recover.",
        "Functionality has recovered for all Copilot Chat users.",
        "All services are now fully operational.",
        "We are seeing recovery and no new errors for the last 15mins.",
        "Webhooks delivery latency has recovered, and we will continue to monitor.",
        "This incident has been mitigated; we are now seeing requests succeeding to the model.",
        "Our mitigation is in place for delays in Actions workflows",
    ],
)
def test_a_fix_in_place_or_a_recovery_is_recognised(text):
    assert words_of_mitigation(text)


@pytest.mark.parametrize(
    "text",
    [
        "We are investigating reports of degraded performance for Codespaces",
        "We have identified the issue and are deploying a fix.",
        "We have identified a fix, and we expect the issue to be resolved within two hours.",
        "The team has identified a mitigation and is rolling it out while actively monitoring recovery",
        "A mitigation will be deployed shortly.",
        "We continue to work to mitigate issues with Codespaces in Southeast Asia.",
        "We will continue to keep users updated on progress towards mitigation.",
        "We rolled out a fix to most of our Codespaces regions.",
        "GitHub Packages has almost fully recovered.",
        "We are seeing signs of recovery in the affected regions.",
        "We are continuing to wait on our upstream provider to see full recovery.",
        "We are performing final validations that networking traffic is back to normal.",
        "We are ensuring the fix is deployed out to all environments",
        "We are seeing recovery and expect for search queries to recover within 15 minutes.",
        "The mitigation to add a supporting index did not resolve the issue.",
        "We have implemented a potential fix and are continuing to monitor for success.",
        "All other Github Actions services are operating normally.",
        "Actions is operating normally.",
    ],
)
def test_a_plan_a_part_or_a_doubt_suggests_nothing(text):
    assert not words_of_mitigation(text)


def test_the_first_update_that_says_so_gives_the_time_and_the_words():
    found = suggested_mitigation([
        said(0, "We are investigating reports of degraded performance for Webhooks."),
        said(20, "We have deployed a fix and are monitoring closely. Next update in 20 minutes."),
        said(40, "Webhooks has recovered."),
    ])  # fmt: skip
    assert (found.at, found.words) == (at(20), "We have deployed a fix and are monitoring closely")


def test_an_update_that_says_it_goes_on_takes_the_suggestion_back():
    fixed = said(20, "We have deployed a fix.")
    assert not suggested_mitigation([fixed, said(30, "The fix did not resolve the issue.")])
    again = [fixed, said(30, "We are still seeing errors."), said(50, "We have rolled out a second change.")]
    assert not suggested_mitigation(again[:2])
    assert suggested_mitigation([*again[:2], said(60, "This has been mitigated.")]).at == at(60)


def test_services_are_back_when_the_last_of_them_is():
    updates = [
        said(5, "Actions is experiencing degraded performance. We are continuing to investigate."),
        said(20, "Pages is operating normally."),
        said(30, "Actions and Issues are operating normally."),
    ]
    assert suggested_mitigation(updates, ["Actions", "Pages", "Issues"]).at == at(30)
    assert not suggested_mitigation(updates, ["Actions", "Pages", "Issues", "Webhooks"])
    assert not suggested_mitigation(updates)


def test_the_status_of_an_update_counts_as_well():
    assert suggested_mitigation([said(10, "All good so far.", "mitigated")]).words == "All good so far"


def test_the_final_report_states_the_end_of_the_impact():
    report = "On July 5, 2024, between 16:10 UTC and 18:08 UTC, the Webhooks service was degraded."
    updates = [said(120, "This has been mitigated."), said(180, report, "resolved")]
    assert stated_end(updates, BEGAN, RESOLVED).at == at(98)
    assert both(updates) == {"mitigated_at": at(98)}


@pytest.mark.parametrize(
    "report",
    [
        "This incident has been resolved.",
        "On July 5, 2024, between 04:10 PM UTC and 06:08 PM UTC, Webhooks was degraded.",
        "Between 16:10 UTC and 16:40 UTC, and 17:00 UTC and 18:08 UTC, Webhooks was degraded.",
        "Between 16:10 UTC and 17:08 UTC, Webhooks was degraded. Some jobs were late until 18:20 UTC.",
        "Between 16:10 UTC and 17:08 UTC, a new host was added.",
    ],
)
def test_a_report_that_is_not_clear_states_no_end(report):
    assert stated_end([said(180, report, "resolved")], BEGAN, RESOLVED) is None


def test_no_length_of_zero_is_made_up():
    """Where the impact starts with the first update, nobody knows how long detection took."""
    assert suggested_detection([said(0, "We are investigating this issue.")], BEGAN) is None
    assert both([said(0, "We have mitigated impact and continue to monitor.")]) == {}


def test_detection_is_the_first_update_after_the_impact_began():
    updates = [said(7, "We are aware of reports of slow searches."), said(30, "This has been mitigated.")]
    assert both(updates) == {"detected_at": at(7), "mitigated_at": at(30)}
    assert suggested_detection([said(7, "Hello.")], BEGAN) is None


def test_times_stay_in_order_and_known_ones_are_not_suggested():
    updates = [said(7, "We are aware of reports of slow searches."), said(30, "This has been mitigated.")]
    assert both(updates, mitigated=at(5), detected=None).get("detected_at") is None
    assert both(updates, detected=at(45)).get("mitigated_at") is None
    assert both([said(200, "This has been mitigated.")]) == {}


def test_only_the_beginning_of_a_long_text_is_read():
    assert not words_of_mitigation("x " * LONGEST_TEXT + "\nThis has been mitigated.")
    words_of_mitigation("between 1:00 " * 100_000)
    stated_end([said(180, "Between 1:00 and " * 100_000, "resolved")], BEGAN, RESOLVED)
