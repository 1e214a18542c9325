"""Is a phase named once wherever its row is drawn, and is a reopening among the rows?"""

import re
from zoneinfo import ZoneInfo

import pytest
from django.utils.html import strip_tags

from incidents.workflow import reopen_incident
from retros.export import as_html, copy_of
from retros.published_content import content_of, markdown_of
from retros.workflow import mark_phase, seed_timeline
from timeline.exports import as_markdown
from timeline.models import phase_before


@pytest.fixture
def reopened(retrospective, incident, commander):
    """Resolved and reopened, with all of it taken over and the phase marked by hand."""
    seed_timeline(retrospective=retrospective, by=commander)
    row = retrospective.entries.get(text="Mitigated")
    mark_phase(entry=row, by=commander, phase="")
    row.refresh_from_db()
    mark_phase(entry=row, by=commander, phase="mitigated")
    reopen_incident(incident=incident, by=commander, reason="Payments fail again")
    seed_timeline(retrospective=retrospective, by=commander)
    return retrospective


def said(text: str) -> str:
    return " ".join(strip_tags(text).split())


@pytest.mark.parametrize(
    ("phase", "text", "word"),
    [
        ("Mitigated", "Mitigated", ""),
        ("mitigated", "Mitigated by the rollback.", ""),
        ("Mitigated", "Rolled back", "Mitigated"),
        ("", "Rolled back", ""),
    ],
)
def test_a_text_that_begins_with_the_phase_needs_no_word(phase, text, word):
    assert phase_before(phase, text) == word


@pytest.mark.parametrize("name", ["timeline", "timeline/table"])
def test_pages(client, reopened, commander, name):
    client.force_login(commander)
    found = client.get(f"{reopened.get_absolute_url()}{name}/").content.decode()
    words = said(found.split("<main")[-1])
    assert "Mitigated" in words
    assert not re.search(r"Mitigated\W+Mitigated", words)
    assert "reopened this (Resolved → Investigating)" in found


def test_document_and_markdown(reopened):
    content = content_of(reopened)
    markdown = markdown_of(content)
    assert "Mitigated" in markdown
    assert not re.search(r"mitigated\W+mitigated", markdown, re.I)
    assert "reopened this (Resolved → Investigating)" in markdown
    page = as_html(copy_of(reopened, None, is_draft_open=True))
    words = said(page.split("part-timeline")[-1])
    assert "Mitigated" in words
    assert not re.search(r"mitigated\W+mitigated", words, re.I)
    assert "reopened this" in page


def test_markdown_of_the_incident(reopened, incident):
    text, _ = as_markdown(incident, ZoneInfo("UTC"))
    assert "Mitigated" in text
    assert not re.search(r"mitigated\W+mitigated", text, re.I)
