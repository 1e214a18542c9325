"""How large is a change, and does zero lie within its interval?"""

from django.utils.safestring import SafeString

from figures.draw import el, figure, line, linear, rect, span, text

WIDTH = 300


def interval(title: str, low: float, value: float, high: float, words: tuple[str, str, str]) -> SafeString:
    """`words` are those of `low`, `value` and `high`."""
    ends = min(low, 0.0), max(high, 0.0)
    margin = (ends[1] - ends[0] or 1) * 0.12
    x = linear((ends[0] - margin, ends[1] + margin), (4, WIDTH - 4))
    body = line(0, 24, WIDTH, 24, "rule") + line(x(0), 10, x(0), 36, "ink")
    body += rect(x(low), 20, max(x(high) - x(low), 2), 8, "this-band")
    body += el("circle", cx=x(value), cy=24, r=5, class_="this-dot")
    body += _placed(x(value), 12, words[1], "t-small t-label")
    ends_words = [(x(low), words[0]), (x(high), words[2])]
    if x(high) - x(low) < span(words[0], 11) / 2 + span(words[2], 11) / 2 + 8:
        ends_words = [((x(low) + x(high)) / 2, f"{words[0]} to {words[2]}")]
    for at, said in ends_words:
        body += _placed(at, 50, said, "t-small t-muted")
    nothing = "no change"
    if all(abs(at - x(0)) > span(said, 11) / 2 + span(nothing, 11) / 2 + 6 for at, said in ends_words):
        body += _placed(x(0), 50, nothing, "t-small t-muted")
    return figure("change", WIDTH, 56, title, body)


def _placed(at: float, level: float, words: str, class_: str) -> str:
    half = span(words, 11) / 2
    return text(min(max(at, half), WIDTH - half), level, words, class_, text_anchor="middle")
