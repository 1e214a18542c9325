"""Do the figures of factors show every factor, stay inside their width and stand without a style sheet?"""

import random
import re

import pytest

from figures import fishbone, why_tree
from figures.draw import NARROW, WIDE, span
from figures.factors import BONES, Factor

WIDTHS = [NARROW, 700, 920, WIDE]


def _stress(count: int = 60) -> list[Factor]:
    dice = random.Random(7)
    words = [
        "guard",
        "rollout",
        "dashboard",
        "alert",
        "migration",
        "cache",
        "service",
        "nobody",
        "practised",
        "muted",
        "old",
        "answers",
    ]
    return [
        Factor(
            key=n,
            text=f"{n}-th " + " ".join(dice.choices(words, k=dice.randint(3, 14))),
            parent=dice.randrange(n) if n and dice.random() < 0.75 else None,
            question=dice.choice(["", "How did it stay unseen?", "Why was that reasonable at the time?"]),
            category=dice.choice([*BONES[:4], ""]),
            level=dice.choice(["proximate", "systemic"]),
            evidence=dice.randint(0, 2),
        )
        for n in range(count)
    ]


@pytest.mark.parametrize("figure", [why_tree, fishbone])
@pytest.mark.parametrize("width", WIDTHS)
def test_sixty_factors_all_drawn_inside(figure, width):
    drawn = figure.draw(_stress(), "Orders arrive late", width)
    assert drawn.count("-th") == 60
    assert f'width="{width}"' in drawn
    for tag, words in re.findall(r"(<text\b[^>]*>)([^<]*)</text>", drawn):
        x = float(re.search(r' x="([-\d.]+)"', tag)[1])
        size = float((re.search(r'font-size="(\d+)"', tag) or [0, 12])[1])
        end = x if 'text-anchor="end"' in tag else x + span(words, size)
        assert 0 <= x <= width, words
        assert end <= width + 24, words


@pytest.mark.parametrize("figure", [why_tree, fishbone])
def test_lines_of_text_do_not_lie_on_each_other(figure):
    for width in WIDTHS:
        drawn = figure.draw(_stress(), "Orders arrive late", width)
        places = re.findall(r'<text x="([-\d.]+)" y="([-\d.]+)"', drawn)
        assert len(places) == len(set(places))


@pytest.mark.parametrize("figure", [why_tree, fishbone])
def test_stands_without_a_style_sheet(figure):
    drawn = figure.draw([Factor(1, "a"), Factor(2, "b", parent=1, level="systemic", evidence=1)], "Late")
    assert "style=" not in drawn
    assert "font-family=" in drawn
    for shape in re.findall(r"<(?:path|circle)\b[^>]*>", drawn):
        assert "fill=" in shape, shape


@pytest.mark.parametrize("figure", [why_tree, fishbone])
def test_words_are_escaped(figure):
    drawn = figure.draw([Factor(1, "<script>x</script>", also=("<b>",))], "<i>")
    assert not re.search("<(script|b|i)>", drawn)


def test_a_branch_deeper_than_the_columns_is_drawn_too():
    chain = [Factor(n, f"level {n}.", parent=n - 1 if n else None) for n in range(12)]
    for width in WIDTHS:
        assert why_tree.draw(chain, "", width).count("level ") == 12


def test_what_hangs_on_nothing_known_is_not_lost():
    assert "orphan" in why_tree.draw([Factor(1, "orphan", parent=99)])


def test_recurrence_and_support_are_told():
    drawn = why_tree.draw(
        [Factor(1, "a", also=("INC-98", "INC-120"), is_confirmed=True, evidence=2, folded=3)]
    )
    assert "also in INC-98, INC-120" in drawn
    assert "supported by 2" in drawn
    assert "+ 3 folded" in drawn


def test_empty_bones_ask():
    drawn = fishbone.draw([Factor(1, "a", category="Code")])
    assert "What part did data play?" in drawn
    assert "Fishbone: People 0, Process 0, Platform 0, Code 1, Data 0." in drawn


def test_no_factors_draw_the_outcome_alone():
    assert "Late" in why_tree.draw([], "Late")
    assert "Late" in fishbone.draw([], "Late")
