"""Is every row that a verb writes on the timeline a plain sentence, with at most one separator?"""

import re

import pytest
from django.utils.html import strip_tags

from incidents.workflow import (
    add_link,
    add_recovery_check,
    add_task,
    assign_task,
    complete_task,
    edit_incident,
    mitigate_incident,
    move_hypothesis,
    move_mitigation,
    raise_hypothesis,
    record_mitigation,
    settle_recovery_check,
)
from timeline.exports import as_markdown

TITLE = "Zephyr: slow"


@pytest.fixture
def busy(incident, commander, responder):
    """An incident with every row that names something, whose name has a colon of its own."""
    facts = {"incident": incident, "by": commander}
    claim = raise_hypothesis(claim=TITLE, **facts)
    move_hypothesis(hypothesis=claim, state="supported", verdict="Seen in logs", by=commander)
    tried = record_mitigation(text=TITLE, kind="rollback", state="applying", **facts)
    move_mitigation(mitigation=tried, state="worked", observed_effect="No errors", by=commander)
    task = add_task(title=TITLE, owner=responder, **facts)
    complete_task(task=task, by=commander)
    assign_task(task=task, owner=None, by=commander)
    add_link(label=TITLE, url="https://example.org/", **facts)
    edit_incident(now_note=TITLE, **facts)
    incident.refresh_from_db()
    mitigate_incident(incident=incident, by=commander)
    check = add_recovery_check(incident=incident, by=commander, title=TITLE, kind="verification")
    settle_recovery_check(check=check, state="passed", result="All readable", by=commander)
    return incident


def test_rows_have_no_chain_of_colons(busy, client, commander):
    client.force_login(commander)
    text = client.get(busy.get_absolute_url()).text
    rows = re.findall(r'<li id="event-\d+".*?</li>', text, re.DOTALL)
    assert len([row for row in rows if TITLE in row]) >= 9
    for row in rows:
        said = " ".join(strip_tags(row).split()).replace(TITLE, "")
        assert said.count(": ") <= 1, said


def test_the_exported_list_has_none_either(busy, commander):
    text, _ = as_markdown(busy, commander.zone)
    for line in text.splitlines():
        assert line.replace(TITLE, "").count(": ") <= 1, line
