"""Is a hint that nobody has looked at said before publishing, and gone once it is followed or left?"""

import pytest

from retros.checks import checks
from retros.language import hints
from retros.queries import open_hints
from retros.workflow import frame_retrospective, leave_hint, open_section, save_text, start_retrospective


@pytest.fixture
def own(incident, commander):
    return start_retrospective(incident=incident, by=commander, owner=commander)


def _missing(own) -> str:
    return next(check.missing for check in checks(own) if check.name == "hints")


def _write(own, by, text):
    document = open_section(retrospective=own, section="what_happened", by=by)
    save_text(document=document, text=text, by=by, version=None)


def test_nothing_written_holds(own):
    assert _missing(own) == ""


def test_one_is_said(own, commander):
    _write(own, commander, "It was human error.")
    assert _missing(own).startswith("1 hint ")


def test_followed_it_is_gone(own, commander):
    _write(own, commander, "It was human error.")
    _write(own, commander, "The console showed green.")
    assert _missing(own) == ""


def test_left_it_is_gone_in_its_place_only(own, commander):
    _write(own, commander, "It was human error.")
    for place, missing in (("summary", "1 hint "), ("what_happened", "")):
        hint = hints("It was human error.")[0]
        leave_hint(retrospective=own, by=commander, place=place, rule=hint.rule, found=hint.found, reason="x")
        assert _missing(own)[:7] == missing


def test_names_of_those_who_lead_it_count_too(own, commander, responder):
    _write(own, commander, "Responder failed to see it.")
    assert _missing(own) == ""
    frame_retrospective(retrospective=own, by=commander, note_taker=responder)
    own.refresh_from_db()
    assert _missing(own).startswith("1 hint ")
    assert len(open_hints(own, "what_happened", "Responder failed to see it.")) == 1
