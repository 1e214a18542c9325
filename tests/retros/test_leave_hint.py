"""Hints on the page: shown to who writes, left with a reason, and words of the installation's own."""

import pytest
from django.core.exceptions import PermissionDenied

from retros.models import Document, HintWord, Section
from retros.workflow import add_hint_word, leave_hint, open_section, save_text

FOUND = "The team failed to notice"


@pytest.fixture
def document(retrospective, commander) -> Document:
    return open_section(retrospective=retrospective, section=Section.WHAT_HAPPENED, by=commander)


def asked(client, document, text: str) -> list[dict]:
    path = f"/retrospectives/{document.retrospective_id}/narrative/{document.section}/hints/"
    return client.post(path, {"text": text}).json()["hints"]


def test_the_editor_hears_of_hints_and_nothing_is_stored(client, document, commander):
    client.force_login(commander)
    (hint,) = asked(client, document, f"{FOUND} the graph.")
    assert hint["found"] == FOUND
    assert hint["ask"]
    assert not document.updates.exists()


def test_without_script_they_stand_below_the_form(client, document, commander):
    client.force_login(commander)
    save_text(document=document, text=f"{FOUND} the graph.", by=commander, version=None)
    page = client.get(f"/retrospectives/{document.retrospective_id}/narrative/what_happened/?text=1").content
    assert b"Hints on wording" in page
    assert f"“{FOUND}”".encode() in page


def test_what_was_left_is_shown_no_more_in_that_place(client, document, commander, left):
    client.force_login(commander)
    seen = left(document.retrospective)
    path = f"/retrospectives/{document.retrospective_id}/narrative/{document.section}/hints/left/"
    given = {"rule": "not_done", "found": FOUND, "reason": "A quotation."}
    assert client.post(path, given).status_code == 302
    assert client.post(path, given).status_code == 302
    assert asked(client, document, f"{FOUND} the graph.") == []
    assert asked(client, document, "She failed to notice it.") != []
    assert seen.actions == ["hint.left"]
    elsewhere = open_section(retrospective=document.retrospective, section=Section.SUMMARY, by=commander)
    assert len(asked(client, elsewhere, f"{FOUND} the graph.")) == 1


def test_readers_leave_none(document, stakeholder):
    with pytest.raises(PermissionDenied):
        leave_hint(retrospective=document.retrospective, by=stakeholder, place="x", rule="r", found="f")


def test_own_words_are_kept_by_administrators(client, document, admin, commander):
    with pytest.raises(PermissionDenied):
        add_hint_word(by=commander, words="cowboys", ask="Who?")
    client.force_login(admin)
    assert (
        client.post("/settings/hint-words/", {"words": "cowboys", "ask": "Whom do we mean?"}).status_code
        == 302
    )
    twice = client.post("/settings/hint-words/", {"words": "Cowboys", "ask": "Whom?"})
    assert b"in the list already" in twice.content
    (hint,) = asked(client, document, "The cowboys shipped it.")
    assert hint["ask"] == "Whom do we mean?"
    word = HintWord.objects.get()
    assert client.post(f"/settings/hint-words/{word.pk}/deletion/").status_code == 302
    assert asked(client, document, "The cowboys shipped it.") == []


def test_somebody_of_the_table_is_known_by_name(client, document, commander):
    client.force_login(commander)
    name = commander.name.split()[0]
    assert len(asked(client, document, f"{name} failed to start the node.")) == 1
    assert asked(client, document, "Kafka failed to start the node.") == []
