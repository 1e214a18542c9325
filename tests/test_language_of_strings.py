"""Does every text of the interface keep to the terms and the style that CONTRIBUTING.md asks for?

The texts are collected as `bin/manage write_strings` does. A word that is meant literally stands in `MEANT`.
What the fields of models say of themselves (label, help text, choices) is left out: changing one needs a
migration, and most are notes for developers. Every other text of a model is read, as its messages are.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Field
from django.forms import BaseForm
from django.urls import get_resolver

from core.interface_strings import strings_file

PHRASES = [
    "keep their claim",
    "as if it had not been asked",
    "facilitator or an administrator does this",
    "out of reach",
    "in your reach",
    "reader’s reach",
    "no update yet that nothing",
    "written by what they tell of",
    "laid out",
    "the way it goes",
    "hats people wear",
    "lies in the",
    "stands now",
    "by now",
    "brought in",
    "any more messages",
    "it stays unsent",
    "say yes",
    "is gone",
    "on its way",
    "on their way",
    "in the words for",
    "nothing yet beside",
    "answered in a sentence",
    "reads what is written",
    "what mattered",
    "not said yet",
    "hypotheses standing",
]
WORDS = [
    "told",
    "bones?",
    "hears?",
    "leaves",
    "owed",
    "owes",
    "wears",
    "door",
    "ring",
    "rings",
    "whoever",
    "hangs?",
    "hung",
    "doorbell",
]
REJECTED = re.compile(rf"\b({'|'.join([*map(re.escape, PHRASES), *WORDS])})\b", re.IGNORECASE)

REPLACED = [
    "last beat",
    "took commander",
    "take it along",
    "no way back",
    "from memory",
    "what people notice",
    "what the public page calls it",
    "what the public reads",
    "names that are filled in",
    "resolve anyway",
    "while you wait",
    "promise another time",
    "what i hear of",
    "nothing fits",
    "fix a time",
    "call it off",
    "at the table",
    "looks back on",
    "bring rows in",
    "would come in",
    "take over newer",
    "to look at",
    "is told yet",
    "keep it for the reveal",
    "nobody looks back",
    "what was so, for",
    "out of review",
    "keyed mark",
    "does one still run",
    "nights broken",
    "take it off",
    "off the page",
    "stands in here",
    "do not come back",
    "says how it is now",
    "added by itself",
]
"""Wordings that users did not understand, each replaced by the usual term everywhere."""

MEANT: set[str] = set()
"""Texts that hold a rejected word or a semicolon on purpose: `file: text`."""

FULL_STOP_WITHIN = re.compile(r"[.!?]\s+[A-Z]")
BUTTON = re.compile(r"<button\b.*?</button>", re.DOTALL)
PAIRS = {
    "templates/incidents/_more.html: Open to everyone signed in Make private": "either of two labels",
    "templates/incidents/_status_choices.html: a cause or mitigation is being applied": "a state and its meaning",
    "templates/retros/frame.html: Change and invite again Schedule and invite": "either of two labels",
    "templates/retros/published.html: Changed how I work: marked This changed how I work": "either of two labels",
    "templates/retros/timeline.html: Keep as “ information missing delayed ”": "either of two labels",
}
"""Buttons of more than six words, as one button stands for two in its template, with the reason."""


@pytest.fixture(scope="module")
def texts() -> list[tuple[str, str]]:
    """Each text with the path of its file, without what fields of models say of themselves."""
    found, path = [], ""
    for line in strings_file(settings.BASE_DIR).splitlines():
        if line.startswith("    "):
            found.append((path, line.strip()))
        elif line:
            path = line
    of_fields = {" ".join(text.split()) for field in _fields() for text in _words_of(field)}
    return [(path, text) for path, text in found if "/models" not in path or text not in of_fields]


def _fields() -> Iterator[Field]:
    for model in apps.get_models():
        if Path(settings.BASE_DIR, model._meta.app_label).is_dir():
            yield from model._meta.fields


def _words_of(field: Field) -> Iterator[str]:
    yield str(field.help_text)
    yield str(field.verbose_name)
    yield from (str(label) for _value, label in field.flatchoices)


def _is_replaced(text: str) -> bool:
    return any(wording in text.lower() for wording in REPLACED)


def _forms(base: type = BaseForm) -> Iterator[type]:
    for form in base.__subclasses__():
        if form.__module__.split(".")[0] not in ("django", "allauth", "tests"):
            yield from [form] if hasattr(form, "base_fields") else []
        yield from _forms(form)


def _shown_by(field) -> Iterator[str]:
    yield str(field.label or "")
    yield str(field.help_text)


def _words_of_button(source: str) -> str:
    """What a button says: no tags of HTML, and `…` for a variable of the template."""
    without_tags = re.sub(r"{%.*?%}", " ", source, flags=re.DOTALL)
    words = re.sub(r"{{.*?}}", "…", without_tags, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", words).split())


def _without_meant(found):
    return [f"{path}: {text}" for path, text in found if f"{path}: {text}" not in MEANT]


def test_texts_are_found_in_templates_python_and_scripts(texts):
    assert len(texts) > 4000
    assert {path.rsplit(".", 1)[1] for path, _ in texts} == {"html", "txt", "py", "js"}


def test_no_rejected_word_or_phrase(texts):
    assert _without_meant(one for one in texts if REJECTED.search(one[1])) == []


def test_no_wording_that_was_replaced(texts):
    assert [one for one in texts if _is_replaced(one[1])] == []


def test_labels_and_help_of_forms_keep_to_it_too():
    """What fields of models say of themselves is read here, where a form shows it."""
    assert get_resolver().url_patterns  # imports every module of forms
    shown = {text for form in _forms() for field in form.base_fields.values() for text in _shown_by(field)}
    assert len(shown) > 300
    assert sorted(t for t in shown if REJECTED.search(t) or _is_replaced(t) or ";" in t) == []


def test_no_semicolon(texts):
    assert _without_meant(one for one in texts if re.search(r";(\s|$)", one[1])) == []


def test_each_text_that_is_meant_still_stands(texts):
    assert {f"{path}: {text}" for path, text in texts} >= MEANT


def test_a_button_holds_no_sentence():
    held = {
        f"{path.relative_to(settings.BASE_DIR)}: {words}"
        for path in sorted(settings.BASE_DIR.glob("templates/**/*.html"))
        for words in map(_words_of_button, BUTTON.findall(path.read_text()))
        if FULL_STOP_WITHIN.search(words) or words.endswith(".") or len(words.split()) > 6
    }
    assert held == set(PAIRS)


def test_the_demo_reads_as_the_interface_does():
    """It is the first text that a newcomer reads; what describes its code is for developers."""
    said = [text for path in Path(settings.BASE_DIR, "demo").glob("*.py") for text in _spoken(path)]
    assert len(said) > 200
    assert [text for text in said if "; " in text] == []


def _spoken(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text())
    notes = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in notes:
            yield node.value
