"""Does any expression or parser take long over input made to slow it down?

Every regular expression of the product is found and tried on repetitions of its own parts. Parsers run at their
largest allowed input. Time is CPU time, the best of three, so that a busy machine changes nothing.
"""

import ast
import contextlib
import importlib
import io
import json
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from re import _parser as sre
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from coediting.document import open_document, to_markdown
from coediting.markdown_merge import rewrite
from core.text import render_document
from retros import language
from retros.imports.lines import read_lines
from retros.imports.rows import Refused
from retros.imports.slack import Window, read_slack
from retros.imports.tables import LONGEST_FILE, read_csv, read_json
from retros.queries import side_by_side
from retros.timeline_suggestions import duplicates_in
from retros.workflow.writing import MAX_LETTERS, MAX_LINES
from shell.search import parse as parse_search

ROOT = Path(__file__).resolve().parent.parent
APPS = [
    folder.name
    for folder in sorted(ROOT.iterdir())
    if (folder / "__init__.py").exists() and folder.name not in ("tests", "bench", "demo", "replay")
]
READS_OUR_OWN = ("postgres.py", "interface_strings.py")  # settings and sources of this installation, no input
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
LENGTH = 4_000  # characters: enough to tell quadratic from linear work
PARSER_SECONDS, EXPRESSION_SECONDS = 0.5, 0.05


def _cpu_seconds(work: Callable[[], object], limit: float) -> float:
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
        if best < limit:
            break
    return best


# -- expressions ---------------------------------------------------------------------------------------------


def _literal_expressions(path: Path) -> Iterator[tuple[str, int, str]]:
    """(pattern, flags, function) of each `re.…("…")` with a pattern that stands in the source."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "re" and node.args):
            continue
        pattern = node.args[0]
        if not (isinstance(pattern, ast.Constant) and isinstance(pattern.value, str)):
            continue
        flags = 0
        for word in ast.walk(node):
            if isinstance(word, ast.Attribute) and word.attr.isupper() and hasattr(re, word.attr):
                flags |= int(getattr(re, word.attr))
        yield pattern.value, flags, node.func.attr


def _expressions() -> dict[tuple[str, int], tuple[str, str]]:
    """(pattern, flags) → (where it stands, the function it is used with)."""
    found: dict[tuple[str, int], tuple[str, str]] = {}
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" in path.parts or path.name in READS_OUR_OWN:
                continue
            where = str(path.relative_to(ROOT))
            for pattern, flags, function in _literal_expressions(path):
                found[(pattern, int(re.compile(pattern, flags).flags))] = (where, function)
            if "re.compile(" in path.read_text():
                module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
                for value in vars(module).values():
                    for one in value if isinstance(value, list | tuple) else [value]:
                        if isinstance(one, re.Pattern) and isinstance(one.pattern, str):
                            found.setdefault((one.pattern, one.flags), (where, "compile"))
    for rule, compiled in language._compiled(("Ann Lee", "Ann")):
        found[(compiled.pattern, compiled.flags)] = (f"retros/language.py, {rule.name}", "finditer")
    return found


def _shortest(parsed) -> str:
    """A short text that the parsed expression matches, as far as this can be said simply."""
    text = ""
    for operation, value in parsed:
        name = str(operation)
        if name == "LITERAL":
            text += chr(value)
        elif name in ("ANY", "NOT_LITERAL"):
            text += "a" if value != ord("a") else "b"
        elif name == "IN":
            text += _member(value)
        elif name.endswith("REPEAT"):
            text += _shortest(value[2]) * max(1, value[0])
        elif name == "SUBPATTERN":
            text += _shortest(value[3])
        elif name == "BRANCH":
            text += _shortest(value[1][0])
    return text


def _member(parts) -> str:
    named = [
        chr(value if str(kind) == "LITERAL" else value[0])
        for kind, value in parts
        if str(kind) in ("LITERAL", "RANGE")
    ]
    if any(str(kind) == "NEGATE" for kind, _ in parts):
        return next(letter for letter in "a0 -x.\n" if letter not in named)
    categories = [str(value) for kind, value in parts if str(kind) == "CATEGORY"]
    return (
        "0"
        if "CATEGORY_DIGIT" in categories
        else " "
        if "CATEGORY_SPACE" in categories
        else (named or ["a"])[0]
    )


def _branches(parsed) -> Iterator:
    yield parsed
    for operation, value in parsed:
        name = str(operation)
        if name == "BRANCH":
            for branch in value[1]:
                yield from _branches(branch)
        elif name == "SUBPATTERN":
            yield from _branches(value[3])
        elif name.endswith("REPEAT"):
            yield from _branches(value[2])


def _units(pattern: str, flags: int) -> list[str]:
    """What to repeat: the beginnings of what the expression matches, their letters, and pairs of those."""
    beginnings: set[str] = set()
    for branch in _branches(sre.parse(pattern, flags & ~re.UNICODE)):
        text = _shortest(branch)
        beginnings |= {text[:length] for length in range(1, min(len(text), 40) + 1)}
    letters = sorted(set("".join(beginnings)) | set(" a0\n-."))[:14]
    return sorted(beginnings | set(letters) | {a + b for a in letters for b in letters})


EXPRESSIONS = _expressions()


@pytest.mark.parametrize(
    "expression", EXPRESSIONS, ids=[f"{where}-{n}" for n, (where, _) in enumerate(EXPRESSIONS.values())]
)
def test_no_expression_takes_long(expression):
    pattern, flags = expression
    compiled, function = re.compile(pattern, flags), EXPRESSIONS[expression][1]
    apply = {"match": compiled.match, "fullmatch": compiled.fullmatch}.get(
        function, lambda text: list(compiled.finditer(text))
    )
    for unit in _units(pattern, flags):
        for before in ("", "x"):
            text = before + (unit * LENGTH)[:LENGTH] + "\x01"
            seconds = _cpu_seconds(lambda text=text: apply(text), EXPRESSION_SECONDS)
            assert seconds < EXPRESSION_SECONDS, f"{seconds:.2f} s on {unit!r} repeated after {before!r}"


def test_the_search_for_expressions_finds_them():
    assert len(EXPRESSIONS) > 50


# -- parsers -------------------------------------------------------------------------------------------------

MARKDOWN = [" ", "\n", "a ", "[", "![", "*a", "_a", "`", "``a`", "<", "<a", "&", "> ", "- ", "- a\n", "1. a\n",
            "> a\n\n", "a\n", "~~a", "[a](", "[a](<", "\\", "#", "    a\n", "```\n", "[x]: a\n", "&#x", "("]  # fmt: skip


def _form_text(unit: str) -> str:
    """As long as a form may send it."""
    return "\n".join(("x" + unit * MAX_LETTERS)[:MAX_LETTERS].split("\n")[:MAX_LINES])


def _rewritten(text: str) -> str:
    document = open_document()
    rewrite(document, text)
    return to_markdown(document)


@pytest.mark.parametrize("unit", MARKDOWN)
def test_text_of_a_section(unit):
    text = _form_text(unit)
    assert _cpu_seconds(lambda: _rewritten(text), PARSER_SECONDS) < PARSER_SECONDS


@pytest.mark.parametrize("unit", MARKDOWN)
def test_markdown_shown(unit):
    text = _form_text(unit)
    assert _cpu_seconds(lambda: render_document(text), PARSER_SECONDS) < PARSER_SECONDS


@pytest.mark.parametrize(
    "unit",
    ["a", " ", "the ", "the aa ", "[", "“[", "`", "\n", "> \n", "```\n", "failed to ", "the on-call ",
     "the root cause ", "should have known better "],
)  # fmt: skip
def test_wording_hints(unit):
    text = (unit * 250_000)[:250_000]
    names = [f"Person{n} Name{n}" for n in range(30)]
    assert _cpu_seconds(lambda: language.hints(text, names=names), PARSER_SECONDS) < PARSER_SECONDS


def _many(unit: str, join: str, number: int) -> str:
    return join.join([unit] * number)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (_many(_many("a b", " ", 145), "\n", 430), _many(_many("b a", " ", 145), "\n", 430)),
        (_many("a\nb", "\n", 60_000), _many("b\na\na", "\n", 40_000)),
        (_many("a", " ", 120_000), _many("b", " ", 120_000)),
    ],
    ids=["long lines", "many lines", "one line"],
)
def test_comparison_of_versions(before, after):
    assert _cpu_seconds(lambda: side_by_side(before, after), PARSER_SECONDS) < PARSER_SECONDS


def _rows(number: int, words: int) -> SimpleNamespace:
    """A timeline of which every row has words and numbers of its own, five seconds apart."""
    rows = [
        SimpleNamespace(
            pk=n, text=" ".join(f"w{word}x{n % 40}" for word in range(words)), kind="note", phase="", milestone=None,
            is_recollection=False, occurred_at=NOW + timedelta(seconds=5 * n),
        )
        for n in range(number)
    ]  # fmt: skip
    return SimpleNamespace(facts=rows, retrospective=SimpleNamespace(dismissed=[]))


@pytest.mark.parametrize(("number", "words"), [(2000, 150), (500, 5000)], ids=["many rows", "long rows"])
def test_rows_that_say_the_same(number, words):
    account = _rows(number, words)
    assert _cpu_seconds(lambda: duplicates_in(account), PARSER_SECONDS) < PARSER_SECONDS


def _slack(text: str, number: int = 1) -> bytes:
    messages = [
        {"type": "message", "user": "U1", "text": text, "ts": f"{1773130000 + n}.000100"}
        for n in range(number)
    ]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("general/2026-03-10.json", json.dumps(messages))
    return packed.getvalue()


def _refused_or_read(read: Callable[[], object]) -> None:
    with contextlib.suppress(Refused):
        read()


SLACK = [
    ("<@A|" * 100_000, 1),
    ("<#C1|" * 100_000, 1),
    ("<http://a|" * 100_000, 1),
    ("<!a" * 100_000, 1),
    ("<@U1> ", 20_000),
]


@pytest.mark.parametrize(("text", "number"), SLACK, ids=["person", "channel", "link", "command", "messages"])
def test_slack_messages(text, number):
    content = _slack(text, number)
    window = Window(datetime(2026, 3, 9, tzinfo=UTC), datetime(2026, 3, 11, tzinfo=UTC))
    read = lambda: _refused_or_read(lambda: read_slack(content, window=window, now=NOW))  # noqa: E731
    assert _cpu_seconds(read, PARSER_SECONDS) < PARSER_SECONDS


TABLES = {
    "many columns, short rows": "time,text" + ",a" * 4000 + "\n" + "1\n" * (LONGEST_FILE // 2 - 10_000),
    "short rows": "time,text\n" + "1\n" * (LONGEST_FILE // 2 - 20),
    "one cell": "time,text\n" + '"' + "a" * (LONGEST_FILE - 20) + '"',
    "quotation marks": "time,text\n" + '""' * (LONGEST_FILE // 2 - 20),
    "separators": "time,text\n" + "," * (LONGEST_FILE - 20),
}


@pytest.mark.parametrize("content", TABLES.values(), ids=list(TABLES))
def test_csv_files(content):
    read = lambda: _refused_or_read(lambda: read_csv(content.encode(), zone=BERLIN, now=NOW))  # noqa: E731
    assert _cpu_seconds(read, PARSER_SECONDS) < PARSER_SECONDS


@pytest.mark.parametrize(
    "content",
    [
        "[" * 1_000_000,
        "[" + "{}," * 600_000 + "{}]",
        "[" + "1," * 900_000 + "1]",
        '["' + "a" * 2_000_000 + '"]',
    ],
)
def test_json_files(content):
    read = lambda: _refused_or_read(lambda: read_json(content.encode(), zone=BERLIN, now=NOW))  # noqa: E731
    assert _cpu_seconds(read, PARSER_SECONDS) < PARSER_SECONDS


@pytest.mark.parametrize(
    "line", ["14:32 a", "a", " ", "14:32 " + "Aa/" * 200, "- " * 100, "1 Jan " * 50, "[" * 200]
)
def test_pasted_lines(line):
    text = (line + "\n") * (200_000 // len(line + "\n"))
    read = lambda: _refused_or_read(lambda: read_lines(text, zone=BERLIN, day=date(2026, 3, 10), now=NOW))  # noqa: E731
    assert _cpu_seconds(read, PARSER_SECONDS) < PARSER_SECONDS


@pytest.mark.parametrize("unit", ["a ", '"', "a:", '"a" ', "sev1 ", "-", "after:"])
def test_search_words(unit):
    text = (unit * 500)[:500]
    assert _cpu_seconds(lambda: parse_search(text), PARSER_SECONDS) < PARSER_SECONDS
