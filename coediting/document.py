"""A narrative section as Yjs holds it: its tree read and checked, written as Markdown, and rewritten from Markdown.

The editor keeps its ProseMirror nodes in the fragment "default"; what it knows is what is allowed here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText, get_update

from coediting.deletions import deletions, removes_only

FRAGMENT = "default"
BLOCKS = {"paragraph", "heading", "bulletList", "orderedList", "listItem", "blockquote", "codeBlock"}
ATOMS = {"hardBreak", "horizontalRule", "mention"}
MARKS = ("link", "bold", "italic", "strike", "code")  # from the outside in
SIGNS = {"bold": "**", "italic": "*", "strike": "~~"}
MAX_DEPTH = 16
MAX_BYTES = 1_000_000
"""Of a section's whole state; about a book."""


class Malformed(ValueError):  # noqa: N818
    """Not an update of such a document."""


class Gap(ValueError):  # noqa: N818
    """It builds on what is not here, as after a backup was restored."""


class Full(ValueError):  # noqa: N818
    """The document would be larger than it may."""


class Stale(ValueError):  # noqa: N818
    """It would remove words that its author has not seen, or adds words to a block that is no longer there."""


@dataclass(frozen=True)
class Run:
    """Text of one look. `marks` in the order of MARKS, each with its address where it is a link."""

    text: str
    marks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Node:
    tag: str
    children: "tuple[Node | Run, ...]" = ()
    value: str = ""  # where a numbered list starts, the language of code, the name of a person

    @property
    def text(self) -> str:
        return "".join(child.text for child in self.children)


Part = Node | tuple[Run, ...]
"""What is in a block: another one, or a stretch of text with its looks."""


# -- states and updates --------------------------------------------------------------------------------------


def open_document(*updates: bytes) -> Doc:
    """The document these bytes make. Raises Malformed."""
    doc: Doc = Doc()
    doc.get(FRAGMENT, type=XmlFragment)
    for update in updates:
        if update:
            _apply(doc, update)
    return doc


def _apply(doc: Doc, update: bytes) -> None:
    try:
        doc.apply_update(bytes(update))
    except (ValueError, RuntimeError) as error:
        raise Malformed("This is not a document update.") from error


def accept(state: bytes, update: bytes) -> bytes:
    """`state` with `update` in it. Raises Malformed, Gap, Full or Stale, and then nothing has changed."""
    open_document(update)  # by itself, so that what cannot be read touches nothing
    doc = open_document(state)
    known = deletions(doc.get_update(doc.get_state()))
    _apply(doc, update)
    vector = doc.get_state()
    rest = get_update(update, vector)
    if rest[0]:  # how many writers' letters in it did not find their place
        raise Gap("Earlier changes are missing.")
    read(doc)
    if not removes_only(deletions(doc.get_update(vector)), known, deletions(rest)):
        raise Stale("It was written without what others have changed since.")
    after = doc.get_update()
    if len(after) > MAX_BYTES:
        raise Full("This section is as long as it may be.")
    return after


def read(doc: Doc) -> tuple[Node, ...]:
    """The blocks. Raises Malformed for what the editor does not know."""
    return tuple(_nodes(doc.get(FRAGMENT, type=XmlFragment), 0))


def _nodes(parent: Any, depth: int) -> Iterator[Any]:
    if depth > MAX_DEPTH:
        raise Malformed("Nested too deep.")
    for part in parts(parent, depth):
        yield from part if isinstance(part, tuple) else (part,)


def parts(parent: Any, depth: int = 0) -> Iterator[Part]:
    """Its children one by one. Raises Malformed."""
    for child in parent.children:
        if isinstance(child, XmlText) and isinstance(parent, XmlElement):
            yield tuple(_runs(child))
        elif isinstance(child, XmlElement) and child.tag in BLOCKS | ATOMS:
            yield Node(child.tag, tuple(_nodes(child, depth + 1)), _value(child))
        else:
            raise Malformed("There is something in it that no editor writes.")


def _value(element: XmlElement) -> str:
    name = {"orderedList": "start", "codeBlock": "language", "mention": "label"}.get(element.tag or "", "")
    found = element.attributes.get(name) if name else None
    if isinstance(found, float):
        return str(int(found))
    return found if isinstance(found, str) else ""


def _runs(text: XmlText) -> Iterator[Run]:
    for value, attributes in text.diff():
        if not isinstance(value, str):
            raise Malformed("There is something in its text that is not text.")
        given = {name.split("--")[0]: mark for name, mark in (attributes or {}).items() if mark is not None}
        if not set(given) <= set(MARKS):
            raise Malformed("There is a mark in it that no editor sets.")
        yield Run(value, tuple((m, _address(given[m]) if m == "link" else "") for m in MARKS if m in given))


def _address(mark: Any) -> str:
    address = mark.get("href") if isinstance(mark, dict) else None
    return address if isinstance(address, str) else ""


# -- to Markdown ---------------------------------------------------------------------------------------------


def to_markdown(doc: Doc) -> str:
    return "\n\n".join(block for block in map(markdown_of, read(doc)) if block)


def markdown_of(block: Node | Run) -> str:
    """One block, without a newline at its end; an empty paragraph is nothing."""
    if isinstance(block, Run) or block.tag in ATOMS - {"horizontalRule"}:
        return _inline((block,))
    match block.tag:
        case "horizontalRule":
            return "---"
        case "heading":
            return "### " + _inline(block.children).replace("\n", " ") if block.text else ""
        case "codeBlock":
            code = block.text
            fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", code)), 3)
            return f"{fence}{block.value}\n{code}\n{fence}"
        case "bulletList":
            return "\n".join(_item("- ", item) for item in block.children)
        case "orderedList":
            first = int(block.value) if block.value.isdigit() else 1
            return "\n".join(_item(f"{n}. ", item) for n, item in enumerate(block.children, first))
        case "blockquote" | "listItem":
            inside = "".join(_inside(block.children))
            return inside if block.tag == "listItem" else _indented("> ", "> ", inside)
    return _inline(block.children)


def _inside(blocks: tuple[Node | Run, ...]) -> Iterator[str]:
    """A list stands close to the line it belongs to; other blocks stand apart."""
    before = False
    for block in blocks:
        text = markdown_of(block)
        if text:
            is_list = isinstance(block, Node) and block.tag in ("bulletList", "orderedList")
            yield ("\n" if is_list else "\n\n") + text if before else text
            before = True


def _item(bullet: str, item: Node | Run) -> str:
    return _indented(bullet, " " * len(bullet), markdown_of(item))


def _indented(first: str, rest: str, text: str) -> str:
    lines = text.split("\n")
    return "\n".join(((rest if n else first) + line).rstrip() for n, line in enumerate(lines))


def _inline(children: tuple[Node | Run, ...]) -> str:
    """Marks open and close like brackets, and never around the white space at their ends."""
    written: list[str] = []
    open_marks: list[tuple[str, str]] = []
    runs = list(_spaces_apart(children))
    for run in [*runs, Run("")]:
        keep = 0
        while keep < len(open_marks) and keep < len(run.marks) and open_marks[keep] == run.marks[keep]:
            keep += 1
        while len(open_marks) > keep:
            name, address = open_marks.pop()
            written.append(f"](<{address}>)" if name == "link" else SIGNS.get(name, ""))
        for name, address in run.marks[keep:]:
            written.append("[" if name == "link" else SIGNS.get(name, ""))
            open_marks.append((name, address))
        is_code = any(name == "code" for name, _ in run.marks)
        written.append(_as_code(run.text) if is_code else run.text)
    text = "".join(written).strip("\n")
    return re.sub(
        r"^( {0,3})(#{1,6}(?=\s|$)|[-+](?=\s|$)|>|\d{1,9}[.)](?=\s|$)|(?:---|===)$)",
        _escape_start,
        text,
        flags=re.M,
    )


def _escape_start(match: re.Match[str]) -> str:
    sign = match[2]
    return match[1] + (f"{sign[:-1]}\\{sign[-1]}" if sign[0].isdigit() else f"\\{sign}")


def _spaces_apart(children: tuple[Node | Run, ...]) -> Iterator[Run]:
    pieces: list[Run] = []
    for child in children:
        if isinstance(child, Node):
            pieces.append(Run("\n") if child.tag == "hardBreak" else Run(f"@{_escaped(child.value)}"))
            continue
        is_code = any(name == "code" for name, _ in child.marks)
        for part in [child.text] if is_code else _with_outer_spaces_apart(child.text):
            if part:
                pieces.append(Run(part if is_code else _escaped(part), child.marks))
    for n, piece in enumerate(pieces):
        if piece.text.isspace():
            around = [
                set(p.marks) for p in (pieces[n - 1 : n] or [Run("")]) + (pieces[n + 1 : n + 2] or [Run("")])
            ]
            shared = set(piece.marks) & around[0] & around[1]
            piece = Run(piece.text, tuple(mark for mark in piece.marks if mark in shared))
        yield piece


def _with_outer_spaces_apart(text: str) -> tuple[str, str, str]:
    """(leading space, words, trailing space)."""
    words = text.strip()
    if not words:
        return text, "", ""
    start = len(text) - len(text.lstrip())
    return text[:start], words, text[start + len(words) :]


def _escaped(text: str) -> str:
    text = re.sub(r"([\\*`\[\]<~])", r"\\\1", text)
    return re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", text)


def _as_code(text: str) -> str:
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"
