"""A share as a bar, in a table of its own rows; with a mark where it should reach."""

from django.utils.safestring import SafeString

from figures.draw import el


def bar(share: float, *, target: float | None = None, is_bad: bool = False) -> SafeString:
    body = el("rect", width=100, height=12, class_="bar-rest")
    body += el(
        "rect",
        width=round(min(max(share, 0), 1) * 100, 1),
        height=12,
        class_="bar-bad" if is_bad else "bar-fill",
    )
    if target is not None:
        body += el("rect", x=round(target * 100 - 0.5, 1), width=1, height=12, class_="ink-fill")
    svg = el(
        "svg", body, class_="fig-bar", viewBox="0 0 100 12", preserveAspectRatio="none", aria_hidden="true"
    )
    return SafeString(svg)
