"""A section saved as a form: what others wrote is never lost, and whoever comes too late sees both texts."""

import threading
import time

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connections, transaction

from coediting.document import MAX_BYTES, open_document
from coediting.markdown_merge import rewrite
from incidents.workflow import Conflict
from retros.models import Document, Retrospective, RetrospectiveStatus, Section
from retros.workflow import open_section, save_text, start_retrospective, write_update

PAGE = "/retrospectives/{}/narrative/what_happened/"


@pytest.fixture
def document(retrospective, commander) -> Document:
    return open_section(retrospective=retrospective, section=Section.WHAT_HAPPENED, by=commander)


def test_saves_and_says_so(left, retrospective, document, responder):
    seen = left(retrospective)
    saved = save_text(document=document, text="It was slow.", by=responder, version=0)
    assert (saved.text, saved.version) == ("It was slow.", 1)
    assert seen.actions == ["narrative.saved"]
    assert seen.topics == ["narrative.saved"]
    assert [u.author for u in document.updates.all()] == [responder]


def test_saving_what_stands_there_leaves_no_trace(left, retrospective, document, responder):
    save_text(document=document, text="It was slow.", by=responder, version=0)
    seen = left(retrospective)
    save_text(document=document, text="It was slow.", by=responder, version=1)
    assert seen.nothing
    assert document.updates.count() == 1


def test_a_stale_save_is_refused_with_what_stands_now(document, commander, responder):
    save_text(document=document, text="Theirs.", by=commander, version=0)
    with pytest.raises(Conflict) as refused:
        save_text(document=document, text="Mine.", by=responder, version=0)
    assert refused.value.current.text == "Theirs."


def test_what_an_editor_wrote_meanwhile_makes_a_form_stale(document, commander, responder):
    doc = open_document()
    write_update(document_id=document.pk, update=rewrite(doc, "From an editor."), by=commander)
    with pytest.raises(Conflict):
        save_text(document=document, text="Mine.", by=responder, version=0)


def test_the_page_shows_both_texts_and_keeps_mine(client, document, commander, responder):
    client.force_login(responder)
    save_text(document=document, text="Theirs, word for word.", by=commander, version=0)
    path = PAGE.format(document.retrospective_id)
    stale = client.post(path, {"text": "Mine instead.", "version": 0})
    assert stale.status_code == 409
    assert b"Theirs" in stale.content
    assert b"Mine instead." in stale.content
    assert stale.context["form"].data["version"] == "1"
    document.refresh_from_db()
    assert document.text == "Theirs, word for word."

    both = client.post(path, {"text": "Theirs, and mine.", "version": 1})
    assert both.status_code == 302
    document.refresh_from_db()
    assert document.text == "Theirs, and mine."


def test_nothing_is_written_once_it_is_published(document, retrospective, commander):
    type(retrospective).objects.update(status=RetrospectiveStatus.PUBLISHED)
    with pytest.raises(ValidationError):
        save_text(document=document, text="Late.", by=commander, version=0)
    with pytest.raises(ValidationError):
        write_update(document_id=document.pk, update=rewrite(open_document(), "Late."), by=commander)
    assert not document.updates.exists()


def test_stakeholders_and_those_out_of_reach_write_nothing(document, retrospective, stakeholder, outsider):
    type(retrospective).objects.update(is_private=True)
    for person in (stakeholder, outsider):
        with pytest.raises(PermissionDenied):
            save_text(document=document, text="Not mine.", by=person, version=0)
    assert not document.updates.exists()


def test_too_much_is_refused(document, commander):
    with pytest.raises(ValidationError):
        save_text(document=document, text="x" * MAX_BYTES, by=commander, version=0)
    assert not document.updates.exists()


def test_what_no_section_can_hold_is_refused_in_words(client, document, commander):
    """Deeper than an editor goes, and more than fits beside what stands there."""
    deep = "\n".join(f"{'  ' * n}- {n}" for n in range(9))
    with pytest.raises(ValidationError) as refused:
        save_text(document=document, text=deep, by=commander, version=0)
    assert refused.value.message_dict == {"text": ["Nested too deep."]}
    client.force_login(commander)
    page = client.post(PAGE.format(document.retrospective_id), {"text": deep, "version": 0})
    assert page.status_code == 200
    assert b"Nested too deep." in page.content
    assert not document.updates.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_published_while_somebody_waits_to_write_is_not_written(incident, commander, responder):
    """The writer waits for the section's row; who publishes holds it, and commits first."""
    retrospective = start_retrospective(incident=incident, by=commander, owner=commander)
    pk = open_section(retrospective=retrospective, section=Section.WHAT_HAPPENED, by=commander).pk
    update, outcome = rewrite(open_document(), "A letter too late."), []

    def write() -> None:
        try:
            outcome.append(write_update(document_id=pk, update=update, by=responder))
        except ValidationError as refusal:
            outcome.append(refusal.messages)
        finally:
            connections.close_all()

    late = threading.Thread(target=write)
    with transaction.atomic():
        Document.objects.select_for_update().get(pk=pk)
        late.start()
        _until_somebody_waits()
        Retrospective.objects.filter(pk=retrospective.pk).update(status=RetrospectiveStatus.PUBLISHED)
    late.join(10)
    assert outcome == [["It is published. Open it again to change it."]]
    assert not Document.objects.get(pk=pk).updates.exists()


def _until_somebody_waits() -> None:
    deadline = time.monotonic() + 10
    with connections["default"].cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT count(*) FROM pg_locks "
                "WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
            assert time.monotonic() < deadline, "nobody waits"
            time.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_a_thousand_colliding_saves_lose_nothing_silently(incident, commander, responder):
    """Two writers, each adding a line to what they loaded. Every save either stands or was refused."""
    retrospective = start_retrospective(incident=incident, by=commander, owner=commander)
    pk = open_section(retrospective=retrospective, section=Section.WHAT_HAPPENED, by=commander).pk
    saved: dict[str, list[str]] = {"a": [], "b": []}
    refused = {"a": 0, "b": 0}
    gate, faults, shown = threading.Barrier(2), [], []

    def write(name: str, by) -> None:
        try:
            for n in range(500):
                gate.wait(60)
                loaded = Document.objects.get(pk=pk)
                gate.wait(60)  # both have loaded the same before either saves
                line = f"{name}{n}"
                lines = [*loaded.text.split("\n"), line][-8:]  # the oldest lines make room
                try:
                    save_text(document=loaded, text="\n".join(lines).strip(), by=by, version=loaded.version)
                    saved[name].append(line)
                except Conflict as conflict:
                    shown.append(conflict.current.text != loaded.text)
                    refused[name] += 1
        except BaseException as error:
            faults.append(error)
            gate.abort()
            raise
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=args) for args in (("a", commander), ("b", responder))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not faults
    assert all(shown), "the other text is there to be shown"
    document = Document.objects.get(pk=pk)
    kept = saved["a"] + saved["b"]
    assert len(kept) + refused["a"] + refused["b"] == 1000
    assert len(kept) == document.version == 500, "one of the two stands each time, the other is told"
    numbers = sorted(int(line[1:]) for line in kept)
    assert numbers == list(range(500))
    stands = document.text.split("\n")
    assert [int(line[1:]) for line in stands] == list(range(492, 500)), "the last eight rounds, none skipped"
    assert set(stands) <= set(kept)
