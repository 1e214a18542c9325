"""A section's Yjs tree as Markdown and back: what was written is kept, and only what differs is touched."""

import time

import pytest
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from coediting.document import (
    MAX_BYTES,
    Full,
    Gap,
    Malformed,
    Stale,
    accept,
    open_document,
    read,
    to_markdown,
)
from coediting.markdown_merge import rewrite
from retros.queries import side_by_side

TEXTS = [
    "",
    "One line.",
    "Two\nlines.",
    "A **bold**, *slanted*, ~~struck~~ and `coded` word.",
    "**all *of it* bold**",
    "See [the graph](<https://example.org/a_b>).",
    "### A heading\n\nText below it.",
    "- one\n- two\n  - nested\n- three",
    "3. three\n4. four",
    "> What they said\n>\n> and then",
    "```sh\nkubectl get pods # all\n```",
    "---",
    "Grüße 🚀 from *Zürich*",
    "1 \\* 2, snake_case and \\[not a link\\]",
    "1\\. not a list\n\\- nor this",
]


def made_of(text: str) -> Doc:
    doc = open_document()
    rewrite(doc, text)
    return doc


@pytest.mark.parametrize("text", TEXTS)
def test_markdown_comes_back_as_it_went_in(text):
    assert to_markdown(made_of(text)) == text


@pytest.mark.parametrize("text", TEXTS)
def test_saving_what_stands_there_changes_nothing(text):
    doc = made_of(text)
    assert rewrite(doc, text) == b""


@pytest.mark.parametrize("before", TEXTS)
@pytest.mark.parametrize("after", TEXTS)
def test_any_text_becomes_any_other(before, after):
    doc = made_of(f"First.\n\n{before}\n\nLast.")
    rewrite(doc, f"First.\n\n{after}\n\nLast.")
    assert to_markdown(doc) == "\n\n".join(filter(None, ["First.", after, "Last."]))


def test_the_update_alone_makes_another_copy_say_the_same():
    one, two = made_of("One.\n\nTwo."), Doc()
    two.apply_update(one.get_update())
    two.apply_update(rewrite(one, "One.\n\nTwo and a half.\n\nThree."))
    assert to_markdown(two) == "One.\n\nTwo and a half.\n\nThree."


def test_who_writes_at_the_same_time_keeps_their_words():
    ours = made_of("The pool was full.\n\nNobody knew why.")
    theirs = open_document(ours.get_update())
    update = rewrite(ours, "The pool was full at 03:12.\n\nNobody knew why.")
    paragraph = theirs.get("default", type=XmlFragment).children[0]
    paragraph.children[0].insert(4, "small ")
    theirs.apply_update(update)
    assert to_markdown(theirs) == "The small pool was full at 03:12.\n\nNobody knew why."


@pytest.mark.parametrize(
    ("before", "after", "path", "kept"),
    [
        ("- one\n- two\n- three", "- one\n- two and a half\n- three", (0, 1, 0, 0), "small two and a half"),
        ("- one\n- two", "- none\n- one\n- two\n- three", (0, 1, 0, 0), "- small two"),
        ("- one\n  - deep\n- two", "- one\n  - deeper\n- two", (0, 0, 1, 0, 0, 0), "small deeper"),
        ("> They said\n>\n> and then", "> They said so\n>\n> and then", (0, 0, 0), "small They said so"),
        (
            "One line\nand another\nand more",
            "One line\nand another one\nand more",
            (0, 2),
            "small and another one",
        ),
        ("One line\nand another", "One line\nbetween\nand another", (0, 2), "small and another"),
    ],
)
def test_so_do_they_in_lists_quotations_and_further_lines(before, after, path, kept):
    ours = made_of(before)
    theirs = open_document(ours.get_update())
    update = rewrite(ours, after)
    place = theirs.get("default", type=XmlFragment)
    for n in path:
        place = place.children[n]
    place.insert(0, "small ")
    theirs.apply_update(update)
    assert kept in to_markdown(theirs)
    assert to_markdown(theirs).replace("small ", "") == to_markdown(ours) == after


def test_another_language_of_code_or_start_of_a_list_is_a_change():
    doc = made_of("```sh\nls\n```\n\n3. three")
    rewrite(doc, "```py\nls\n```\n\n4. three")
    assert to_markdown(doc) == "```py\nls\n```\n\n4. three"


LONG = 60_000


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("word " * (LONG // 5), "words " * (LONG // 6)),
        ("ab" * (LONG // 2), "ba" * (LONG // 2)),
        ("a b " * (LONG // 4), "b  a" * (LONG // 4)),
        ("\n\n".join("ab" * (LONG // 12)), "\n\n".join("ba" * (LONG // 12))),
        (
            " ".join(str(n) for n in range(LONG // 6)),
            " ".join(str(n) for n in reversed(range(LONG // 6))),
        ),
    ],
    ids=["words", "letters", "short words", "paragraphs", "backwards"],
)
def test_a_long_text_becomes_another_in_good_time(before, after):
    doc = made_of(before)
    began = time.process_time()
    rewrite(doc, after)
    side_by_side(before, after)
    assert time.process_time() - began < 5


def test_letters_beyond_ascii_are_retyped_in_their_place():
    doc = made_of("Grüße 🚀 aus Köln.")
    rewrite(doc, "Viele Grüße 🚀🚀 aus **Köln**.")
    assert to_markdown(doc) == "Viele Grüße 🚀🚀 aus **Köln**."


def test_what_cannot_be_read_is_refused():
    state = made_of("Stays.").get_update()
    for update in (b"", b"\x01", b"\xff" * 40, state[:-3], b"hello"):
        if update:
            with pytest.raises(Malformed):
                accept(state, update)


def _update_with(change) -> bytes:
    doc = open_document()
    change(doc.get("default", type=XmlFragment))
    return doc.get_update()


def test_what_no_editor_writes_is_refused():
    def script(fragment):
        fragment.children.append(XmlElement("script"))

    def marked(fragment):
        paragraph = fragment.children.append(XmlElement("paragraph"))
        paragraph.children.append(XmlText()).insert(0, "x", {"onclick": {"x": "y"}})

    def deep(fragment):
        for _ in range(60):
            fragment = fragment.children.append(XmlElement("blockquote"))

    for change in (script, marked, deep):
        with pytest.raises(Malformed):
            accept(b"", _update_with(change))


def test_a_document_does_not_grow_without_end():
    with pytest.raises(Full):
        accept(b"", made_of("x" * (MAX_BYTES + 10)).get_update())


def test_what_is_accepted_twice_is_there_once():
    update = made_of("Once.").get_update()
    state = accept(accept(b"", update), update)
    assert to_markdown(open_document(state)) == "Once."
    assert len(read(open_document(state))) == 1


def test_an_update_that_builds_on_what_is_missing_is_not_taken_for_known():
    """As after a backup was restored: the server has the first letters of an editor, and gets its third."""
    ours = made_of("One.")
    state = ours.get_update()
    rewrite(ours, "One. Two.")
    third = rewrite(ours, "One. Two. Three.")
    with pytest.raises(Gap):
        accept(state, third)
    assert to_markdown(open_document(accept(state, ours.get_update()))) == "One. Two. Three."


def test_text_outside_of_every_block_is_refused():
    with pytest.raises(Malformed):
        accept(b"", _update_with(lambda fragment: fragment.children.append(XmlText()).insert(0, "loose")))


@pytest.fixture
def at_once():
    """(state, an update that adds words to its first block, an update that makes that block a heading)."""
    doc = made_of("The pool was full.\n\nNobody knew why.")
    typing, changing = open_document(doc.get_update()), open_document(doc.get_update())
    before = typing.get_state()
    typing.get("default", type=XmlFragment).children[0].children[0].insert(4, "small ")
    return (
        doc.get_update(),
        typing.get_update(before),
        rewrite(changing, "### The pool was full.\n\nNobody knew why."),
    )


@pytest.mark.parametrize("order", [(1, 2), (2, 1)], ids=["words first", "heading first"])
def test_words_are_not_removed_by_a_change_that_had_not_seen_them(at_once, order):
    state = at_once[0]
    state = accept(state, at_once[order[0]])
    with pytest.raises(Stale):
        accept(state, at_once[order[1]])


@pytest.mark.parametrize("order", [(1, 2), (2, 1)], ids=["words first", "heading first"])
def test_once_its_author_has_taken_in_the_other_change_it_is_accepted(at_once, order):
    state = accept(at_once[0], at_once[order[0]])
    author = open_document(at_once[0], at_once[order[1]], state)
    assert accept(state, author.get_update(open_document(state).get_state()))


def test_removing_what_was_seen_is_accepted(at_once):
    state = accept(at_once[0], at_once[1])
    removing = open_document(state)
    update = rewrite(removing, "Nobody knew why.")
    assert to_markdown(open_document(accept(state, update))) == "Nobody knew why."
