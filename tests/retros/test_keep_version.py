"""Versions of a section: who had written, compared, restored; and updates forgotten only once they stand in one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from coediting.document import open_document
from coediting.markdown_merge import rewrite
from retros.models import Document, DocumentVersion, Section
from retros.queries import side_by_side
from retros.views.history import SHOWN
from retros.workflow import (
    keep_version,
    open_section,
    restore_version,
    save_text,
    settle_sections,
    write_update,
)
from retros.workflow.writing import compact_documents, keep_quiet_versions


@pytest.fixture
def document(retrospective, commander) -> Document:
    return open_section(retrospective=retrospective, section=Section.WHAT_HAPPENED, by=commander)


def test_a_version_names_everybody_who_wrote_since_the_one_before(document, commander, responder, admin):
    save_text(document=document, text="One.", by=commander, version=None)
    save_text(document=document, text="One. Two.", by=responder, version=None)
    first = keep_version(document=document, by=commander)
    save_text(document=document, text="One. Two. Three.", by=admin, version=None)
    second = keep_version(document=document, by=admin, note="for the review")
    assert set(first.authors.all()) == {commander, responder}
    assert set(second.authors.all()) == {admin}
    assert [(v.number, v.text, v.note) for v in document.versions.order_by("number")] == [
        (1, "One. Two.", ""),
        (2, "One. Two. Three.", "for the review"),
    ]


def test_nothing_new_makes_no_version(document, commander):
    save_text(document=document, text="One.", by=commander, version=None)
    keep_version(document=document, by=commander)
    assert keep_version(document=document, by=commander) is None
    assert DocumentVersion.objects.count() == 1


def test_five_quiet_minutes_keep_a_version_and_less_does_not(document, commander):
    save_text(document=document, text="One.", by=commander, version=None)
    keep_quiet_versions()
    assert not document.versions.exists()
    document.updates.update(at=timezone.now() - timedelta(minutes=5, seconds=1))
    keep_quiet_versions()
    assert document.versions.get().text == "One."
    assert not document.updates.exists()
    assert (
        open_section(retrospective=document.retrospective, section=document.section, by=commander).text
        == "One."
    )


def test_who_writes_on_and_on_gets_a_version_all_the_same(document, commander):
    save_text(document=document, text="One.", by=commander, version=None)
    document.updates.update(at=timezone.now() - timedelta(minutes=31))
    save_text(document=document, text="One. Two.", by=commander, version=None)
    keep_quiet_versions()
    assert document.versions.get().text == "One. Two."


def test_the_text_follows_what_editors_write(document, commander):
    doc = open_document()
    write_update(document_id=document.pk, update=rewrite(doc, "The **pool** was full."), by=commander)
    document.refresh_from_db()
    assert document.text == ""
    compact_documents()
    document.refresh_from_db()
    assert document.text == "The **pool** was full."
    assert document.version == 1
    assert document.updates.count() == 1, "its author is not in a version yet"


def test_restored_as_a_change_with_both_texts_kept(document, commander, responder, left):
    save_text(document=document, text="Good text.", by=commander, version=None)
    keep_version(document=document, by=commander)
    save_text(document=document, text="Bad text.", by=responder, version=None)
    seen = left(document.retrospective)
    restored = restore_version(document=document, number=1, by=commander)
    assert restored.text == "Good text."
    assert [v.text for v in document.versions.order_by("number")] == ["Good text.", "Bad text.", "Good text."]
    assert "narrative.restored" in seen.actions


def test_the_pages(client, document, commander, responder):
    client.force_login(commander)
    base = f"/retrospectives/{document.retrospective_id}/narrative/what_happened/versions/"
    save_text(document=document, text="The pool was full.", by=commander, version=None)
    assert client.post(base, {"note": "first"}).status_code == 302
    save_text(document=document, text="The pool was empty.", by=responder, version=None)
    page = client.get(base, {"from": "1", "to": "now"}).content.decode()
    assert "<del>full.</del>" in page.replace(" </", "</")
    assert "<ins>empty.</ins>" in page.replace(" </", "</")
    assert client.post(f"{base}1/restoration/").status_code == 302
    document.refresh_from_db()
    assert document.text == "The pool was full."
    assert client.post(f"{base}99/restoration/").status_code == 404


def test_many_versions_come_page_by_page_and_any_two_are_compared(client, document, commander):
    DocumentVersion.objects.bulk_create(
        DocumentVersion(document=document, number=n, text=f"Text {n}.") for n in range(1, SHOWN + 2)
    )
    client.force_login(commander)
    base = f"/retrospectives/{document.retrospective_id}/narrative/what_happened/versions/"
    newest = client.get(base)
    assert [v.number for v in newest.context["versions"]] == list(range(SHOWN + 1, 1, -1))
    earlier = client.get(base, {"before": newest.context["earlier"]})
    assert [v.number for v in earlier.context["versions"]] == [1]
    assert earlier.context["earlier"] is None
    compared = client.get(base, {"from": "1", "to": str(SHOWN + 1)})
    assert (compared.context["before"].number, compared.context["after"].number) == (1, SHOWN + 1)


def test_compared_line_by_line_and_word_by_word():
    rows = side_by_side("same\ngone\nold word here", "same\nnew word here\nadded")
    assert rows[0].kind == "same"
    assert [(row.kind, row.before, row.after) for row in rows] == [
        ("same", [(False, "same")], [(False, "same")]),
        ("changed", [(True, "gone ")], [(True, "new word here ")]),
        ("changed", [(True, "old word here ")], [(True, "added ")]),
    ]


def test_only_the_words_that_differ_are_marked():
    (row,) = side_by_side("an old word here", "a new word here")
    assert row.before == [(True, "an old "), (False, "word here ")]
    assert row.after == [(True, "a new "), (False, "word here ")]


def test_what_is_published_or_exported_is_settled_first(document, commander, responder):
    doc = open_document()
    write_update(document_id=document.pk, update=rewrite(doc, "Typed a moment ago."), by=responder)
    (settled,) = settle_sections(retrospective=document.retrospective, by=commander, note="published")
    assert settled.text == "Typed a moment ago."
    version = document.versions.get()
    assert (version.text, version.note, list(version.authors.all())) == (
        "Typed a moment ago.",
        "published",
        [responder],
    )
