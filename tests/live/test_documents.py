"""Several people in one section, on two web processes: who sees what, what is kept, and what is refused."""

import threading
import time

import pytest
from websockets.exceptions import InvalidStatus

from coediting import wire
from coediting.document import MAX_BYTES, open_document
from coediting.markdown_merge import rewrite
from live.documents import FULL, GARBLED, MAX_MESSAGE, NO_WRITING, NOT_HERE, TOO_BIG
from retros.models import Document, DocumentUpdate, Participant, RetrospectiveStatus
from retros.workflow import save_text
from retros.workflow.writing import compact_documents
from tests.live.editors import Editor, cookie_of

PLACE = {"type": None, "tname": "default", "item": None, "assoc": 0}


def said(text: str) -> bytes:
    doc = open_document()
    rewrite(doc, text)
    return doc.get_update()


def test_what_one_writes_the_other_reads_on_another_process(editor, commander, responder, document):
    mine, theirs = editor(commander, 0), editor(responder, 1)
    mine.write("The pool was full.")
    mine.until(lambda: mine.kept == 1)
    theirs.until(lambda: theirs.text == "The pool was full.")
    theirs.write("At 03:12: ", 0)
    mine.until(lambda: mine.text == "At 03:12: The pool was full.")

    assert DocumentUpdate.objects.filter(document=document).count() == 2
    assert {u.author for u in document.updates.all()} == {commander, responder}


def test_who_comes_later_gets_all_of_it_also_after_compaction(editor, commander, responder, document):
    mine = editor(commander)
    mine.write("Before.")
    mine.until(lambda: mine.kept == 1)
    compact_documents()
    mine.write("And after. ")
    mine.until(lambda: mine.kept == 2)
    assert editor(responder, 1).text == "And after. Before."


def test_a_form_saved_meanwhile_arrives_in_open_editors(editor, commander, responder, document):
    mine = editor(commander)
    mine.write("One.")
    mine.until(lambda: mine.kept == 1)
    save_text(document=document, text="One.\n\nTwo, from a form.", by=responder, version=None)
    mine.until(lambda: mine.text == "One.\n\nTwo, from a form.")


def test_a_process_killed_at_any_moment_loses_no_confirmed_letter(
    webs, editor, commander, responder, document
):
    """Twice the first process dies under somebody who writes; they go on as soon as it is back."""
    mine, theirs = editor(commander, 0), editor(responder, 1)
    for death in range(2):
        for n in range(25):
            mine.write(f"[{death}.{n}]")
            mine.hear(0.01)
        assert mine.kept, "some of it is confirmed when the process dies"
        webs.kill(f"web-{webs.ports[0]}")
        mine.write("[while it is dead]")
        webs.serve(webs.ports[0])
        mine._caught_up = False
        mine.open()
        mine.until(lambda: mine.kept == mine.sent)
    theirs.until(lambda: theirs.text == mine.text, 15)
    for death in range(2):
        for n in range(25):
            assert mine.text.count(f"\\[{death}.{n}\\]") == 1
    assert editor(responder, 1).text == mine.text


def test_a_change_that_would_remove_unseen_words_is_not_confirmed(editor, commander, responder, document):
    """It is answered with what the editor lacks; sent again with that in it, it is stored."""
    mine, theirs = editor(commander, 0), editor(responder, 1)
    mine.write("The pool was full.")
    theirs.until(lambda: theirs.text == "The pool was full.")
    before = theirs.doc.get_state()
    update = rewrite(theirs.doc, "### The pool was full.")
    mine.write("Words. ")
    mine.until(lambda: mine.kept == 2)

    assert update
    theirs.keep(theirs.doc.get_update(before))
    theirs.until(lambda: theirs.kept == theirs.sent)
    assert theirs.sent > 1, "it was sent again"
    assert DocumentUpdate.objects.filter(document=document).count() == 3
    mine.until(lambda: mine.text == theirs.text)


def test_many_writers_and_compaction_at_once_end_with_one_text(editor, commander, responder, document):
    editors = [editor(commander, 0), editor(responder, 1), editor(commander, 1), editor(responder, 0)]
    faults = []

    def write(one: Editor, name: str) -> None:
        try:
            for n in range(40):
                one.write(f"<{name}{n}>")
                one.hear(0.01)
            one.until(lambda: one.kept == one.sent, 30)
        except BaseException as error:
            faults.append(error)
            raise

    threads = [
        threading.Thread(target=write, args=(e, name)) for e, name in zip(editors, "abcd", strict=True)
    ]
    for thread in threads:
        thread.start()
    while any(t.is_alive() for t in threads):
        compact_documents()
        time.sleep(0.05)
    assert not faults
    fresh = editor(commander)
    assert all(fresh.text.count(f"\\<{name}{n}>") == 1 for name in "abcd" for n in range(40))
    for one in editors:
        one.until(lambda one=one: one.text == fresh.text)
    compact_documents()
    document.refresh_from_db()
    assert document.text == fresh.text


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\x09",
        b"\x02",
        bytes([wire.KEEP, 1]) + wire.chunk(b"\xff" * 50),
        bytes([wire.KEEP, 1, 200, 1, 0]),
        bytes([wire.KEEP, 1]) + wire.chunk(said("x"))[:-4],
        bytes([wire.SYNC, wire.LACKED]) + wire.chunk(said("unnumbered")),
        bytes([wire.SYNC, wire.HAVE]) + wire.chunk(b"\xff\xff\xff"),
        bytes([wire.AWARENESS]) + wire.chunk(b"\x02\x01\x01\x02{}\x02\x01\x02{}"),
        bytes([wire.AWARENESS]) + wire.chunk(b"\xff" * 12),
        bytes([0xFF] * 20),
    ],
    ids=range(11),
)
def test_what_is_garbled_is_refused_and_changes_nothing(editor, commander, responder, document, message):
    mine, theirs = editor(commander), editor(responder, 1)
    mine.write("Stays.")
    mine.until(lambda: mine.kept == 1)
    mine.socket.send(message)
    assert mine.closed()[0] == GARBLED
    assert DocumentUpdate.objects.count() == 1
    theirs.until(lambda: theirs.text == "Stays.")
    theirs.write("Still works. ")
    theirs.until(lambda: theirs.kept == 1)


def test_what_is_too_much_is_refused(editor, commander, document):
    mine = editor(commander)
    mine.keep(said("x" * (MAX_MESSAGE + 1)))
    assert mine.closed()[0] == TOO_BIG

    again = editor(commander)
    pieces = MAX_BYTES // 200_000  # and what holds them together
    for _ in range(pieces):
        again.write("y" * 200_000)
    assert again.closed(30)[0] == FULL
    assert DocumentUpdate.objects.count() == pieces - 1, "what fits was stored"


def test_readers_read_and_their_updates_are_refused(editor, stakeholder, commander, retrospective, document):
    mine = editor(commander)
    mine.write("Read me.")
    mine.until(lambda: mine.kept == 1)
    type(retrospective).objects.update(status=RetrospectiveStatus.PUBLISHED)

    reader = editor(stakeholder, 1)
    assert reader.text == "Read me."
    reader.until(lambda: reader.may_write is False)
    reader.write("Not mine to write. ")
    assert reader.closed()[0] == NO_WRITING
    mine.write("Nor mine any more. ")
    assert mine.closed() == (NO_WRITING, "It is published. Open it again to change it.")
    assert DocumentUpdate.objects.count() == 1


def test_nobody_gets_in_who_may_not(webs, stakeholder, outsider, commander, retrospective, document):
    type(retrospective).objects.update(is_private=True)
    port = webs.ports[0]
    for user, options in [
        (outsider, {}),  # out of reach
        (stakeholder, {}),  # unpublished
        (commander, {"cookie": ""}),
        (commander, {"cookie": "session=no"}),
        (commander, {"origin": "https://elsewhere.example"}),
        (commander, {"origin": "null"}),
    ]:
        with pytest.raises(InvalidStatus) as refused:
            Editor(document, user, port).open(**options)
        assert refused.value.response.status_code == 403
    editor = Editor(document, commander, port).open()
    editor.until(lambda: editor.may_write is True)
    editor.close()


def test_whom_it_leaves_the_reach_of_is_sent_away(editor, responder, commander, retrospective, document):
    theirs = editor(responder)
    type(retrospective).objects.update(is_private=True)
    assert theirs.closed(15)[0] == NOT_HERE


def test_carets_are_shown_under_the_name_of_who_is_signed_in(editor, commander, responder, document):
    mine, theirs = editor(commander, 0), editor(responder, 1)
    mine.show(
        77, 1, {"user": {"name": "Somebody Else"}, "cursor": {"anchor": PLACE, "head": PLACE}, "more": "x"}
    )
    theirs.until(lambda: 77 in theirs.present)
    assert theirs.present[77]["user"]["name"] == str(commander)
    assert set(theirs.present[77]) == {"user", "cursor"}
    assert DocumentUpdate.objects.count() == 0

    late = editor(responder, 1)
    late.until(lambda: 77 in late.present)
    mine.close()
    theirs.until(lambda: theirs.present[77] is None)


def test_nobody_speaks_for_another(editor, commander, document):
    mine = editor(commander)
    mine.show(77, 1, {})
    mine.show(78, 1, {})
    assert mine.closed()[0] == GARBLED


def test_a_session_that_ended_ends_the_editor(editor, responder, document):
    theirs = editor(responder)
    type(responder).objects.filter(pk=responder.pk).update(is_active=False)
    assert theirs.closed(15)[0] == NOT_HERE


def test_no_connection_to_the_database_is_held_for_an_open_editor(webs, editor, commander, document):
    from django.db import connection

    def connections() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            return cursor.fetchone()[0]

    editor(commander)
    few = connections()
    for _ in range(20):
        editor(commander)
    assert connections() <= few + 4, "the pool's own, however many are open"


def test_nothing_is_created_by_knocking(webs, commander, document):
    missing = Document(pk=document.pk + 1000)
    with pytest.raises(InvalidStatus):
        Editor(missing, commander, webs.ports[0]).open()
    assert cookie_of(commander)
    assert not Participant.objects.exists()
