"""Markdown of a form as a change to a section: only what differs is touched, so that people who write at the same
time keep their words."""

from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from coediting.diff import Change, opcodes
from coediting.document import FRAGMENT, MARKS, Node, Part, Run, markdown_of, parts

Letter = tuple[str, tuple[tuple[str, str], ...]]
"""One letter (or some of one look), and its marks."""

_parser = MarkdownIt("commonmark", {"html": False}).enable("strikethrough").disable(["image", "lheading"])
_TAGS = {
    "paragraph_open": "paragraph",
    "heading_open": "heading",
    "bullet_list_open": "bulletList",
    "ordered_list_open": "orderedList",
    "list_item_open": "listItem",
    "blockquote_open": "blockquote",
}
_MARK_OF = {"strong": "bold", "em": "italic", "s": "strike", "link": "link"}


def rewrite(doc: Doc, text: str) -> bytes:
    """Make the document say `text`; the update that does it, empty where it says so already."""
    before, whole = doc.get_state(), doc.get_update()
    fragment = doc.get(FRAGMENT, type=XmlFragment)
    wanted = parse(text)
    with doc.transaction():
        _become(fragment, [node for _, node in wanted], [(node.tag, source) for source, node in wanted])
    return doc.get_update(before) if doc.get_update() != whole else b""


def _become(parent: XmlFragment | XmlElement, new: Sequence[Part], said: Sequence[tuple[str, str]]) -> None:
    """Change those children alone that do not say what they should; theirs in turn, where they are of one kind."""
    children, standing, old = parent.children, list(parent.children), list(parts(parent))
    for _, from_, to, first, last in reversed(_changes([_said(part) for part in old], said)):
        for n in reversed(range(max(to - from_, last - first))):
            at, source = from_ + n, first + n
            if at < to and source < last:
                _replace(children, at, standing[at], old[at], new[source])
            elif at < to:
                del children[at]
            else:
                _insert(children, to, new[source])


def _said(part: Part) -> tuple[str, str]:
    """What tells whether two are the same: the kind, and the Markdown it stands for."""
    return (
        (part.tag, markdown_of(part))
        if isinstance(part, Node)
        else ("", markdown_of(Node("paragraph", part)))
    )


def _changes(old: Sequence, new: Sequence) -> list[Change]:
    return [change for change in opcodes(old, new) if change[0] != "equal"]


def parse(text: str) -> list[tuple[str, Node]]:
    """The top-level blocks, each with the Markdown it stands for."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    lines = text.split("\n")
    return [
        ("\n".join(lines[token.map[0] : token.map[1]]).strip("\n"), node)
        for token, node in _blocks(_parser.parse(text))
        if token.map is not None
    ]


def _blocks(tokens: list[Token]) -> list[tuple[Token, Node]]:
    """Nodes of the outermost level, with their first tokens."""
    found: list[tuple[Token, Node]] = []
    n = 0
    while n < len(tokens):
        token = tokens[n]
        end = n
        if token.nesting == 1:
            end = next(
                m
                for m in range(n + 1, len(tokens))
                if tokens[m].level == token.level and tokens[m].nesting == -1
            )
        found += [(token, node) for node in _node(token, tokens[n + 1 : end])]
        n = end + 1
    return found


def _node(token: Token, inside: list[Token]) -> list[Node]:
    if token.type == "hr":
        return [Node("horizontalRule")]
    if token.type in ("fence", "code_block"):
        code = token.content.removesuffix("\n")
        return [Node("codeBlock", (Run(code),) if code else (), token.info.strip())]
    tag = _TAGS.get(token.type)
    if tag is None:
        return []
    if tag in ("paragraph", "heading"):
        return [Node(tag, tuple(_inline(inside[0].children or [])))]
    start = str(token.attrGet("start") or "") if tag == "orderedList" else ""
    return [Node(tag, tuple(node for _, node in _blocks(inside)) or (Node("paragraph"),), start)]


def _inline(tokens: list[Token]) -> list[Node | Run]:
    found: list[Node | Run] = []
    marks: dict[str, str] = {}
    for token in tokens:
        mark = _MARK_OF.get(token.type.rsplit("_", 1)[0])
        if mark and token.nesting == 1:
            marks[mark] = str(token.attrGet("href") or "")
        elif mark and token.nesting == -1:
            marks.pop(mark, None)
        elif token.type in ("softbreak", "hardbreak"):
            found.append(Node("hardBreak"))
        elif token.content:
            given = marks | {"code": ""} if token.type == "code_inline" else marks
            run = Run(token.content, tuple((name, given[name]) for name in MARKS if name in given))
            last = found[-1] if found else None
            if isinstance(last, Run) and last.marks == run.marks:
                found[-1] = Run(last.text + run.text, run.marks)
            else:
                found.append(run)
    return found


# -- into the tree -------------------------------------------------------------------------------------------


def _replace(children: Any, at: int, standing: Any, old: Part, new: Part) -> None:
    """Text letter by letter, blocks of one kind by what is in them; else as a whole."""
    if isinstance(old, tuple) and isinstance(new, tuple):
        _retype(standing, old, new)
    elif isinstance(old, Node) and isinstance(new, Node) and (old.tag, old.value) == (new.tag, new.value):
        inside = _parts(new)
        _become(standing, inside, [_said(part) for part in inside])
    else:
        del children[at]
        _insert(children, at, new)


def _parts(node: Node) -> list[Part]:
    """What is in it as Yjs keeps it: blocks, and each stretch of text as one."""
    found: list[Part] = []
    runs: list[Run] = []
    for child in node.children:
        if isinstance(child, Run):
            runs.append(child)
            continue
        if runs:
            found.append(tuple(runs))
            runs = []
        found.append(child)
    return [*found, tuple(runs)] if runs else found


def _retype(text: XmlText, old: Sequence[Run], new: Sequence[Run]) -> None:
    """Words first, then the letters of those that differ."""
    before, after = _words(old), _words(new)
    offsets = [0]
    for word in before:
        offsets.append(offsets[-1] + _length(word))
    for _, from_, to, first, last in reversed(_changes(before, after)):
        letters = [letter for word in before[from_:to] for letter in word]
        wanted = [letter for word in after[first:last] for letter in word]
        starts = [offsets[from_]]
        for letter in letters:
            starts.append(starts[-1] + _length([letter]))
        for _, gone, gone_to, come, come_to in reversed(_changes(letters, wanted)):
            at = starts[gone]
            if gone_to > gone:
                del text[at : starts[gone_to]]
            for said, marks in _stretches(wanted[come:come_to]):
                text.insert(at, said, _attributes(marks))
                at += len(said.encode())


def _words(runs: Sequence[Run]) -> list[tuple[Letter, ...]]:
    """Each with the space after it."""
    words: list[list[Letter]] = [[]]
    for run in runs:
        for letter in run.text:
            words[-1].append((letter, run.marks))
            if letter == " ":
                words.append([])
    return [tuple(word) for word in words if word]


def _length(letters: Sequence[Letter]) -> int:
    return sum(len(letter.encode()) for letter, _ in letters)  # Yjs positions are counted in bytes here


def _stretches(letters: Sequence[Letter]) -> list[Letter]:
    joined: list[Letter] = []
    for letter, marks in letters:
        if joined and joined[-1][1] == marks:
            joined[-1] = (joined[-1][0] + letter, marks)
        else:
            joined.append((letter, marks))
    return joined


def _attributes(marks: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Every mark is named, so that none is taken over from the letter before."""
    given: dict[str, Any] = dict.fromkeys(MARKS)
    for name, address in marks:
        given[name] = {"href": address} if name == "link" else {}
    return given


def _insert(children: Any, at: int, part: Part) -> None:
    if isinstance(part, tuple):
        text = children.insert(at, XmlText())
        for run in reversed(part):  # always at the start: Yjs walks to a position from there
            text.insert(0, run.text, _attributes(run.marks))
        return
    attributes: dict[str, Any] = {}
    if part.tag == "heading":
        attributes["level"] = 3
    elif part.tag == "orderedList" and part.value.isdigit():
        attributes["start"] = int(part.value)
    elif part.tag == "codeBlock" and part.value:
        attributes["language"] = part.value
    element = children.insert(at, XmlElement(part.tag, attributes))
    for inside in reversed(_parts(part)):
        _insert(element.children, 0, inside)
