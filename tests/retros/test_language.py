"""Which sentences get a hint: those that look for somebody to blame, and hardly any others."""

import itertools
import time
from pathlib import Path

import pytest

from retros.language import OWN, RULES, hints

SENTENCES = Path(__file__).parent.parent / "data" / "language"
NAMES = ["Mira Novak", "Lee Park", "Ana Ruiz"]


def sentences(name: str) -> list[str]:
    return (SENTENCES / f"{name}.txt").read_text().splitlines()


def test_nearly_all_blameful_sentences_are_found():
    blameful = sentences("blameful")
    assert len(blameful) >= 150
    passed_over = [s for s in blameful if not hints(s, names=NAMES)]
    assert len(passed_over) / len(blameful) <= 0.05, passed_over


def test_hardly_any_innocent_sentence_is_flagged():
    innocent = sentences("innocent")
    assert len(innocent) >= 150
    flagged = [(s, [h.found for h in hints(s, names=NAMES)]) for s in innocent if hints(s, names=NAMES)]
    assert len(flagged) / len(innocent) <= 0.03, flagged


def test_every_rule_finds_something():
    found = {hint.rule for s in sentences("blameful") for hint in hints(s, names=NAMES)}
    assert found == {rule.name for rule in RULES}


def test_a_hint_says_where_why_and_what_to_ask():
    text = "The team failed to notice the pool graph for 35 minutes."
    (hint,) = hints(text)
    assert text[hint.start : hint.end] == hint.found == "The team failed to notice"
    assert hint.reason == "says what was not done."
    assert hint.ask.endswith("?")


@pytest.mark.parametrize(
    "part",
    ["`", "[", "![", "[a](", "[](", '"', "“", "```\n", "a", "a ", "the ", "never ", "had ", "> ", "https://"],
)
def test_a_hostile_text_is_read_in_good_time(part):
    text = part * (100_000 // len(part))
    began = time.process_time()
    hints(text, names=NAMES)
    assert time.process_time() - began < 5


def test_hints_do_not_overlap_and_stand_in_order():
    found = hints(
        "Obviously she should have known. It was human error and the culprit is Lee. Who broke prod?"
    )
    assert len(found) >= 4
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))


@pytest.mark.parametrize(
    "text",
    [
        "```\nhuman error\n```",
        "Run `who broke it?` first",
        "> We should have known.\n",
        "He said “it was human error”.",
        "[human error](https://example.org/)",
        "https://example.org/human error"[:27],
    ],
)
def test_code_quotations_and_links_are_skipped(text):
    assert hints(text) == []


def test_positions_hold_after_what_is_skipped():
    text = "“a quotation” and `code`, then human error."
    (hint,) = hints(text)
    assert text[hint.start : hint.end] == "human error"


def test_own_words_of_the_installation():
    (hint,) = hints("The Cowboys shipped it.", [("cowboys", "Who do we mean?")])
    assert (hint.rule, hint.found, hint.ask) == (OWN, "Cowboys", "Who do we mean?")
    assert hints("Cowboyish it is.", [("cowboys", "Who?")]) == []


def test_a_name_tells_a_person_from_a_system():
    assert hints("Kafka failed to start.", names=NAMES) == []
    assert hints("Lee failed to start it.", names=NAMES)[0].rule == "not_done"


def test_long_text_is_read_quickly():
    import time

    text = "The team watched the graph and waited. " * 5000
    began = time.perf_counter()
    assert hints(text, names=NAMES) == []
    assert time.perf_counter() - began < 5
