"""Every text that a person can read in the product, collected from the sources.

Three kinds of source are read, none is executed:

- templates: text between tags, and the attributes in `READABLE_ATTRIBUTES`. Template tags and variables inside
  a text are shown as `{…}`.
- Python: every literal that reads like words (see `_reads_like_words`), f-strings with `{…}` for their values.
  Docstrings, log lines, SQL, tests, migrations, the demo's made-up records and the bench are left out.
- `frontend/*.js`: quoted strings and template literals that read like words.

`bin/manage write_strings` writes the result to docs/strings.txt.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, TokenType

NOT_READ = {
    "tests", "migrations", "demo", "bench", "node_modules", "static", "var", "staticfiles", "docs", "site"
}  # fmt: skip
"""Folders without texts of the interface."""

READABLE_ATTRIBUTES = {"title", "alt", "placeholder", "aria-label", "aria-description", "label", "content"}
LANGUAGE_KEYWORDS = {
    "label", "help_text", "empty_label", "verbose_name", "verbose_name_plural", "title", "placeholder", "message",
    "subject", "reason",
}  # fmt: skip
"""Arguments that people read even where they are one word long."""

LOGGING = {"debug", "info", "warning", "error", "exception", "critical", "log"}
SQL = re.compile(
    r"^\s*(SELECT|WITH|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE|ALTER|DROP|FROM|JOIN|LEFT JOIN|WHERE|AND|OR|"
    r"GROUP BY|ORDER BY|LISTEN|NOTIFY|COPY|LOCK|SET|CASE|COALESCE|UNION|HAVING|VALUES|ON|COUNT|PERCENTILE\w*)\b"
    r"(?!.*[a-z]\.$)|::|\b(IS NULL|AS \w+|INTERVAL '|FILTER \(WHERE|OVER \()"
)
NOT_WORDS = re.compile(
    r"[<>\\|^=]|\w[\[:]\w|\b(btn|input|checkbox|radio|select|textarea|badge|link)-|(input|select|btn) \w+-|\(\?|--[a-z]|https?://\S+$|^[\w.\-/]+$|;\s*\w+:|^[a-z]+-[a-z-]+ "
)
BLOCK_TAGS = re.compile(r"^(blocktranslate|blocktrans)\b")
TRANSLATED = re.compile(r"""^(?:translate|trans)\s+(["'])(.*?)\1""")
GIVEN = re.compile(r"""(?<!class)=\s*(["'])((?:(?!\1).)*\s(?:(?!\1).)*)\1|:\s*(["'])((?:(?!\3).)+)\3""")
"""Texts inside a template tag: arguments with a space in them, and arguments of a filter."""

JS_COMMENTS = re.compile(r"(?:^|(?<=\s))//[^\n]*|/\*.*?\*/", re.MULTILINE | re.DOTALL)
JS_STRINGS = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`")


def strings_file(root: Path) -> str:
    """The text of docs/strings.txt: each source file, and below it its texts in their order, each once."""
    parts = []
    for path in _sources(root):
        found = list(dict.fromkeys(_clean(text) for text in _texts_of(path)))
        if found := [text for text in found if re.search(r"[^\W\d_]{2}", text.replace("{…}", ""))]:
            lines = "\n".join(f"    {text}" for text in found)
            parts.append(f"{path.relative_to(root)}\n{lines}\n")
    return "\n".join(parts)


def _sources(root: Path) -> list[Path]:
    """Templates, Python and JavaScript of the product, sorted by their path."""
    found = []
    for folder, below, names in root.walk():
        below[:] = [name for name in below if name not in NOT_READ and not name.startswith(".")]
        files = (folder / name for name in names if not name.startswith("."))
        found += [path for path in files if _is_read(path.relative_to(root))]
    return sorted(found)


def _is_read(path: Path) -> bool:
    """Python anywhere, JavaScript of `frontend/`, and the templates of the project and of its apps."""
    if path.suffix == ".py":
        return True
    if path.suffix == ".js":
        return path.parts[0] == "frontend"
    return path.suffix in {".html", ".txt"} and path.parts[0] == "templates"


def _texts_of(path: Path) -> Iterator[str]:
    source = path.read_text()
    if path.suffix == ".py":
        return _texts_of_python(source)
    if path.suffix == ".js":
        return _texts_of_javascript(source)
    return _texts_of_template(source, is_html=path.suffix == ".html")


def _clean(text: str) -> str:
    return " ".join(text.split())


# Templates


def _texts_of_template(source: str, is_html: bool) -> Iterator[str]:
    """The texts of a template: first those given to tags, then what stands between and in the HTML elements."""
    plain: list[str] = []
    given: list[str] = []
    for token in Lexer(source).tokenize():
        if token.token_type == TokenType.TEXT:
            plain.append(token.contents)
        elif token.token_type == TokenType.VAR:
            plain.append("{…}")
            given += _given(token.contents)
        elif token.token_type == TokenType.BLOCK:
            text = TRANSLATED.match(token.contents)
            # A tag may end a sentence or stand within one: an alternative begins on a line of its own.
            plain.append(text[2] if text else "\x00")
            given += [] if text or BLOCK_TAGS.match(token.contents) else _given(token.contents)
    yield from given
    if is_html:
        reader = _TextReader()
        reader.feed("".join(plain))
        reader.close()
        yield from (part for text in reader.texts for part in text.split("\x00"))
    else:
        yield from (part for line in "".join(plain).splitlines() for part in line.split("\x00"))


def _given(contents: str) -> Iterator[str]:
    for match in GIVEN.finditer(contents):
        text = match[2] or match[4]
        if " " in text and _reads_like_words(text):
            yield from text.split(",") if match[4] else [text]


class _TextReader(HTMLParser):
    """Collects the texts of HTML. A text ends where a block element begins or ends, not at `<b>` or `<a>`."""

    WITHIN_A_TEXT = {"a", "abbr", "b", "code", "em", "i", "kbd", "small", "span", "strong", "time", "mark"}

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.current = ""
        self.skipped = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style"}:
            self.skipped = tag
        if tag not in self.WITHIN_A_TEXT:
            self._end()
        self.texts += [
            value for name, value in attributes if value and _is_readable(tag, name, dict(attributes))
        ]

    def handle_endtag(self, tag: str) -> None:
        self.skipped = "" if tag == self.skipped else self.skipped
        if tag not in self.WITHIN_A_TEXT:
            self._end()

    def handle_data(self, data: str) -> None:
        if not self.skipped:
            self.current += data

    def close(self) -> None:
        super().close()
        self._end()

    def _end(self) -> None:
        self.texts.append(self.current)
        self.current = ""


def _is_readable(tag: str, name: str, attributes: dict[str, str | None]) -> bool:
    if name == "content":
        return attributes.get("name") == "description"
    button = tag == "input" and name == "value" and attributes.get("type") in {"submit", "button"}
    return name in READABLE_ATTRIBUTES or button or name.startswith("data-text") or name == "data-confirm"


# Python


def _texts_of_python(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    ignored = {id(node) for found in ast.walk(tree) for node in _not_for_people(found)}
    yield from _walk(tree, ignored)


def _walk(node: ast.AST, ignored: set[int], read_anyway: bool = False) -> Iterator[str]:
    """The texts below `node` in the order of the source; `read_anyway` takes single words, too."""
    if id(node) in ignored:
        return
    text = _literal(node)
    if text is not None:
        if _reads_like_words(text) or (read_anyway and text[:1].isalpha()):
            yield text
        return
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, ignored, isinstance(child, ast.keyword) and child.arg in LANGUAGE_KEYWORDS)


def _literal(node: ast.AST) -> str | None:
    """The text of a string or an f-string; None for any other node."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        parts = [v.value if isinstance(v, ast.Constant) else "{…}" for v in node.values]
        return "".join(str(part) for part in parts)
    return None


def _not_for_people(node: ast.AST) -> Iterator[ast.AST]:
    """Docstrings (also of attributes), arguments of log calls, annotations and regular expressions."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        of = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
        if (node.func.attr in LOGGING and of in {"log", "logger", "logging"}) or of == "re":
            yield from node.args
    elif isinstance(node, ast.AnnAssign | ast.arg) and node.annotation:
        yield node.annotation


def _reads_like_words(text: str) -> bool:
    """Whether a literal is a phrase for people: several words, and no SQL, markup, path or pattern."""
    text = _clean(text)
    if SQL.search(text) or NOT_WORDS.search(text.replace("=>", "")):
        return False
    words = re.findall(r"[^\W\d_]{2,}", text.replace("{…}", ""))
    return " " in text and (len(words) >= 2 or (len(words) == 1 and "{…}" in text))


# JavaScript


NOT_WORDS_IN_SCRIPTS = re.compile(
    r"[\[\]#]|\w:\w|^\.|, \.|\b(px|gap|flex|grid|caret|av|bg|min-h)-|^(input|dialog), |\(hover:"
)
"""Selectors and lists of classes."""


def _texts_of_javascript(source: str) -> Iterator[str]:
    for match in JS_STRINGS.finditer(JS_COMMENTS.sub("", source)):
        text = re.sub(r"\$\{[^}]*\}", "{…}", next((group for group in match.groups() if group), ""))
        if _reads_like_words(text) and not NOT_WORDS_IN_SCRIPTS.search(text):
            yield text
