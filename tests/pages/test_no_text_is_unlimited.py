"""Does every field in which somebody writes have a limit, so that nobody makes a page too large to read?"""

import importlib
from pathlib import Path

import pytest
from django import forms
from django.urls import reverse

from core.forms import LONGEST_TEXT, Styled

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = [
    "accounts",
    "history",
    "incidents",
    "insights",
    "notifications",
    "action_items",
    "retros",
    "shell",
    "statuspages",
    "subscribers",
    "timeline",
]


def test_every_text_field_has_a_limit_of_its_own_or_the_shared_one():
    found = 0
    for app in APPS:
        for path in (ROOT / app).rglob("*forms*.py"):
            module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            for form in vars(module).values():
                if (
                    isinstance(form, type)
                    and issubclass(form, forms.BaseForm)
                    and form.__module__ == module.__name__
                ):
                    found += 1
                    fields = getattr(form, "base_fields", {}).items()
                    unlimited = [n for n, f in fields if isinstance(f, forms.CharField) and not f.max_length]
                    assert issubclass(form, Styled) or not unlimited, f"{form.__module__}.{form.__name__}"
    assert found > 20


@pytest.mark.parametrize("kind", ["note", "question", "decision"])
def test_an_event_that_is_too_long_is_refused_and_kept_in_the_form(incident, commander, client, kind):
    client.force_login(commander)
    text = "x" * (LONGEST_TEXT + 1)
    response = client.post(reverse("timeline", args=[incident.reference]), {"kind": kind, "text": text})
    assert b"at most" in response.content
    assert text.encode() in response.content
    assert not incident.timeline.filter(text=text).exists()
