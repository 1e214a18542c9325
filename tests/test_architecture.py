"""Do the rules that no linter of ours knows still hold in the sources?"""

import ast
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


ELSEWHERE = {".venv", "node_modules", "var", ".tools", "static", ".git"}


def _files(ending: str) -> list[Path]:
    return [
        f for f in sorted(ROOT.rglob(f"*{ending}")) if not ELSEWHERE.intersection(f.relative_to(ROOT).parts)
    ]


def _hits(pattern: str, files: list[Path]) -> list[str]:
    return [
        f"{file.relative_to(ROOT)}:{number}"
        for file in files
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if re.search(pattern, line)
    ]


PRODUCT = [f for f in _files(".py") if "tests" not in f.parts and "migrations" not in f.parts]
TEMPLATES = _files(".html")


def test_there_is_something_to_check():
    assert len(PRODUCT) > 80
    assert len(TEMPLATES) > 40


@pytest.mark.parametrize(
    "pattern",
    [r"\b(eta|countdown)\s*=", r"\.retry\(", r"autoretry_for", r"max_retries"],
    ids=["eta, countdown", "retry", "autoretry_for", "max_retries"],
)
def test_no_business_meaning_in_the_broker(pattern):
    assert _hits(pattern, PRODUCT) == []


@pytest.mark.parametrize(
    "pattern",
    [
        r"\|\s*safe\b",
        r"\bhx-on[:-]",
        r"[\"']js:",
        r"<script(?![^>]*\bsrc=)",
        r"\bon(click|change|load)=",
    ],
    ids=["safe filter", "hx-on", "js: values", "inline script", "inline handlers"],
)
def test_templates_keep_the_strict_policy(pattern):
    assert _hits(pattern, TEMPLATES) == []


def test_styles_are_in_the_style_sheet():
    """Mail programs read nothing else than inline styles; pages have none."""
    assert _hits(r"\bstyle=\"", [f for f in TEMPLATES if "mail" not in f.parts]) == []


def test_no_signals_as_control_flow():
    assert _hits(r"django\.db\.models\.signals|@receiver\(", PRODUCT) == []


def test_modules_stay_readable():
    long = [(f.name, n) for f in PRODUCT if (n := len(f.read_text().splitlines())) > 400]
    assert long == [], "a module past 400 lines is split by subject"


IMPORTS = (ast.Import, ast.ImportFrom)


def _blocks_inside(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    """Every block but the module's own and those for the type checker."""
    for node in ast.walk(tree):
        is_for_types = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        names = () if isinstance(node, ast.Module) else ("orelse",) if is_for_types else node._fields
        for name in names:
            block = getattr(node, name, None)
            if isinstance(block, list):
                yield [one for one in block if isinstance(one, ast.stmt)]


def _unexplained_imports(file: Path) -> Iterator[str]:
    source = file.read_text()
    lines = source.splitlines()
    for block in _blocks_inside(ast.parse(source)):
        for are_imports, together in groupby(block, lambda statement: isinstance(statement, IMPORTS)):
            statements = list(together)
            around = lines[statements[0].lineno - 2 : statements[-1].end_lineno]
            if are_imports and not any(re.search(r"#(?! noqa: \w+$)", line) for line in around):
                yield f"{file.relative_to(ROOT)}:{statements[0].lineno}"


def test_imports_inside_functions_say_why():
    asked = [file for file in PRODUCT if file.relative_to(ROOT).parts[0] != "docs"]
    late = [found for file in asked for found in _unexplained_imports(file)]
    assert late == [], (
        "an import stands at the top of its module, or a comment above or behind it says why not"
    )


def test_every_htmx_element_works_without_it():
    """An element that asks for something by htmx has an address or belongs to a form, so that it works as a page."""
    bare = []
    for file in TEMPLATES:
        for tag in re.findall(r"<(a|form)\b([^>]*\bhx-(?:get|post)=[^>]*)>", file.read_text()):
            if not re.search(r"\b(href|action)=", tag[1]) and 'method="post"' not in tag[1]:
                bare.append((file.name, tag[1][:80]))
    assert bare == []


OLD_NAMES = {
    "account", "answers", "assuming", "basics", "breaking", "bringing", "copies", "differing", "faster", "keeping", "letters",
    "looking_back", "news", "outside", "past", "pieces", "promising", "reach", "reading", "rewriting", "room",
    "settling", "spending", "states", "surface", "taking", "taking_along", "words", "written",
}  # fmt: skip
"""What modules were called by a verb form or a figure of speech; their subjects have the field's names now."""


def test_no_module_has_an_old_name():
    sources = [*ROOT.glob("*/**/*.py"), *ROOT.glob("frontend/**/*.js")]
    own = [path.relative_to(ROOT) for path in sources if not {".venv", "node_modules"} & set(path.parts)]
    assert len(own) > 500
    named = {path for path in own if path.stem.removeprefix("test_") in OLD_NAMES}
    folders = {path.parent for path in own if path.parent.name in OLD_NAMES}
    assert named | folders == set()


BROWSER_TESTS = [f for f in _files(".py") if f.is_relative_to(ROOT / "tests/browser")]
READ_ONCE = {
    "is_visible", "is_hidden", "is_checked", "is_enabled", "is_disabled", "is_editable",
    "inner_text", "all_inner_texts", "text_content", "all_text_contents", "input_value", "get_attribute", "url",
}  # fmt: skip
"""What Playwright answers at once, however far the page is. `expect` asks the same and waits for it."""


def _is_locator(node: ast.expr) -> bool:
    """`rows`, `number(page)` and whatever was found on a page; but not the rows of a table of the database."""
    is_found = any(
        isinstance(one, ast.Attribute) and (one.attr == "locator" or one.attr.startswith("get_by_"))
        for one in ast.walk(node)
    )
    return is_found or isinstance(node.func if isinstance(node, ast.Call) else node, ast.Name)


def _reads_once(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr=name):
            return name in READ_ONCE
        case ast.Call(func=ast.Attribute(attr="title"), args=[]):
            return True
        case ast.Call(func=ast.Attribute(value=found, attr="count"), args=[]):
            return _is_locator(found)
        case ast.Call(func=ast.Attribute(attr="evaluate"), args=[ast.Constant(value=str(script)), *_]):
            return "activeElement" in script
    return False


def test_browser_tests_wait_for_what_they_assert():
    assert len(BROWSER_TESTS) > 35
    hasty = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in BROWSER_TESTS
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Assert) and any(map(_reads_once, ast.walk(node.test)))
    ]
    assert hasty == [], (
        "a page is asked once here, however busy the machine: use expect(…), wait_for_function or until"
    )


def _is_reach(node: ast.AST, named: set[str]) -> bool:
    """All that somebody reaches or does not, or a name for it; `one_by_one` is of a few that are chosen already."""
    match node:
        case ast.Call(func=ast.Attribute(attr="visible_to" | "hidden_from"), keywords=more):
            return not more
        case ast.Name(id=name):
            return name in named
    return False


def _gathers(value: ast.expr, named: set[str]) -> bool:
    """A number that somebody typed names one at most."""
    parts = list(ast.walk(value))
    is_one = any(isinstance(part, ast.Attribute) and part.attr == "of_reference" for part in parts)
    return not is_one and any(_is_reach(part, named) for part in parts)


def _alternatives(function: ast.AST) -> Iterator[int]:
    """The lines of `Q(…__in=<all that somebody reaches>)`."""
    named = {
        name
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and _gathers(node.value, set())
        for target in node.targets
        if isinstance(target, ast.Name) and (name := target.id)
    }
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Name(id="Q"), keywords=asked):
                for one in asked:
                    if (one.arg or "").endswith("__in") and _gathers(one.value, named):
                        yield node.lineno


def test_no_alternative_gathers_all_that_somebody_reaches():
    """`IN` inside an OR makes PostgreSQL gather all of it, however few rows ask; `Exists(…OuterRef…)` lets it ask one."""
    found = [
        f"{file.relative_to(ROOT)}:{line}"
        for file in PRODUCT
        for function in ast.walk(ast.parse(file.read_text()))
        if isinstance(function, ast.FunctionDef)
        for line in _alternatives(function)
    ]
    assert found == []
