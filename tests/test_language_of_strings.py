"""Does every text of the interface keep to the terms and the style that CONTRIBUTING.md asks for?

The texts are collected as `bin/manage write_strings` does. A word that is meant literally stands in `MEANT`.
Help texts of models are left out: changing one needs a migration, and most are notes for developers.
"""

import re

import pytest
from django.conf import settings

from core.interface_strings import strings_file

PHRASES = [
    "keep their claim",
    "is told",
    "are told",
    "nobody is told",
    "as if it had not been asked",
    "facilitator or an administrator does this",
    "whoever was asked answers",
    "nothing before it to hang on",
    "out of reach",
    "in your reach",
    "reader’s reach",
    "no update yet that nothing",
    "written by what they tell of",
    "laid out",
    "the way it goes",
    "hat somebody wears",
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
]
WORDS = [
    "told",
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

MEANT = {
    "statuspages/view_models.py: %(name)s, last 90 days: %(percent)s up; %(days)s.",
}
"""Texts that hold a rejected word or a semicolon on purpose: `file: text`."""

FULL_STOP_WITHIN = re.compile(r"[.!?]\s+[A-Z]")
BUTTON = re.compile(r"<button\b[^>]*>(?P<words>[^<{]*)</button>")


@pytest.fixture(scope="module")
def texts() -> list[tuple[str, str]]:
    """Each text with the path of its file, without those of models."""
    found, path = [], ""
    for line in strings_file(settings.BASE_DIR).splitlines():
        if line.startswith("    "):
            found.append((path, line.strip()))
        elif line:
            path = line
    return [(path, text) for path, text in found if "/models" not in path]


def _without_meant(found):
    return [f"{path}: {text}" for path, text in found if f"{path}: {text}" not in MEANT]


def test_texts_are_found_in_templates_python_and_scripts(texts):
    assert len(texts) > 4000
    assert {path.rsplit(".", 1)[1] for path, _ in texts} == {"html", "txt", "py", "js"}


def test_no_rejected_word_or_phrase(texts):
    assert _without_meant(one for one in texts if REJECTED.search(one[1])) == []


def test_no_semicolon(texts):
    assert _without_meant(one for one in texts if re.search(r";(\s|$)", one[1])) == []


def test_a_button_holds_no_sentence():
    held = [
        f"{path.relative_to(settings.BASE_DIR)}: {match['words']}"
        for path in sorted(settings.BASE_DIR.glob("templates/**/*.html"))
        for match in BUTTON.finditer(path.read_text())
        if FULL_STOP_WITHIN.search(match["words"])
        or match["words"].strip().endswith(".")
        or len(match["words"].split()) > 6
    ]
    assert held == []
