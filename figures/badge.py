"""What state is a status page in? Two words for the readme or the footer of another site.

Colours stand in the picture itself, as it is shown where no style sheet of ours is. White text on each has a
contrast of at least 4.5 : 1.
"""

from django.utils.safestring import SafeString

from figures.draw import el, span, text

HEIGHT, PADDING, SIZE = 20, 7, 11
GREY = "#57606a"
COLOURS = {
    "operational": "#1a7f37",
    "under_maintenance": "#0969da",
    "degraded": "#9a6700",
    "partial_outage": "#bc4c00",
    "major_outage": "#cf222e",
}


def badge(label: str, words: str, state: str) -> SafeString:
    """`state` chooses the colour; `words` say the same, so that colour is never the only signal."""
    left, right = (round(span(part, SIZE) + 2 * PADDING) for part in (label, words))
    body = (
        el("title", f"{label}: {words}")
        + el("rect", width=left + right, height=HEIGHT, rx=3, fill=GREY)
        + el("path", d=f"M{left} 0h{right - 3}a3 3 0 0 1 3 3v{HEIGHT - 6}a3 3 0 0 1-3 3h-{right - 3}z", fill=COLOURS.get(state, GREY))
        + el("g", _words(left / 2, label), _words(left + right / 2, words), fill="#fff", text_anchor="middle", font_family="Verdana,DejaVu Sans,sans-serif", font_size=SIZE)
    )  # fmt: skip
    return SafeString(
        el(
            "svg",
            body,
            xmlns="http://www.w3.org/2000/svg",
            width=left + right,
            height=HEIGHT,
            role="img",
            aria_label=f"{label}: {words}",
        )
    )


def _words(middle: float, words: str) -> str:
    return text(middle, 14, words, text_rendering="geometricPrecision")
