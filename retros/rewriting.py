"""Markdown of a form as a change to a section: only what differs is touched, so that people who write at the same
time keep their words."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from retros.documents import FRAGMENT, MARKS, Node, Run, markdown_of, read

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
    before = doc.get_state()
    fragment = doc.get(FRAGMENT, type=XmlFragment)
    blocks = read(doc)
    old = [markdown_of(block) for block in blocks]
    wanted = parse(text)
    new = [source for source, _ in wanted]
    with doc.transaction():
        for _, from_, to, first, last in reversed(_changes(old, new)):
            for n in reversed(range(max(to - from_, last - first))):
                at, source = from_ + n, first + n
                if at < to and source < last:
                    _replace(fragment, at, blocks[at], wanted[source][1])
                elif at < to:
                    del fragment.children[at]
                else:
                    _insert(fragment.children, to, wanted[source][1])
    return doc.get_update(before) if doc.get_state() != before or old != new else b""


def _changes(old: Sequence, new: Sequence) -> list[tuple[str, int, int, int, int]]:
    return [c for c in SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if c[0] != "equal"]


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


def _replace(fragment: XmlFragment, at: int, old: Node, new: Node) -> None:
    """Letter by letter where both are one stretch of text in the same kind of block; else as a whole."""
    element = fragment.children[at]
    texts = list(element.children) if isinstance(element, XmlElement) else []
    is_plain = all(isinstance(c, Run) for c in (*old.children, *new.children))
    if old.tag == new.tag and is_plain and len(texts) == 1 and isinstance(texts[0], XmlText):
        _retype(texts[0], old.children, new.children)
        return
    del fragment.children[at]
    _insert(fragment.children, at, new)


def _retype(text: XmlText, old: Sequence[Any], new: Sequence[Any]) -> None:
    before = [(letter, run.marks) for run in old for letter in run.text]
    after = [(letter, run.marks) for run in new for letter in run.text]
    offsets = [0]
    for letter, _ in before:
        offsets.append(offsets[-1] + len(letter.encode()))  # Yjs positions are counted in bytes here
    for _, from_, to, first, last in reversed(_changes(before, after)):
        if to > from_:
            del text[offsets[from_] : offsets[to]]
        at = offsets[from_]
        for letters, marks in _stretches(after[first:last]):
            text.insert(at, letters, _attributes(marks))
            at += len(letters.encode())


def _stretches(letters: list[tuple[str, tuple]]) -> list[tuple[str, tuple]]:
    joined: list[tuple[str, tuple]] = []
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


def _insert(children: Any, at: int, node: Node) -> None:
    attributes: dict[str, Any] = {}
    if node.tag == "heading":
        attributes["level"] = 3
    elif node.tag == "orderedList" and node.value.isdigit():
        attributes["start"] = int(node.value)
    elif node.tag == "codeBlock" and node.value:
        attributes["language"] = node.value
    element = children.insert(at, XmlElement(node.tag, attributes))
    text: XmlText | None = None
    for child in node.children:
        if isinstance(child, Run):
            text = text or element.children.append(XmlText())
            end = len(text)
            text.insert(end, child.text, _attributes(child.marks))
        else:
            text = None
            _insert(element.children, len(element.children), child)
