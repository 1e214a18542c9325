"""A page's own colour, made readable in both themes. Colour and contrast are computed by coloraide."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.core.validators import RegexValidator

if TYPE_CHECKING:
    from coloraide import Color

TEXT = 4.5  # WCAG 2.2, 1.4.3; more than the 3 that 1.4.11 asks of outlines
STEP = 0.005  # of lightness in Oklch
# What text and outlines stand on: --paper and --sunk in frontend/status.css.
PAPERS = {
    "light": ("oklch(99.6% .001 250)", "oklch(97.2% .003 255)"),
    "dark": ("oklch(20.5% .011 262)", "oklch(17.3% .011 262)"),
}
OWN = {
    "light": {"paper": "#fdfefe", "sunk": "#f4f6f8", "ink": "#11161f", "line": "#e1e3e6", "act": "#2a44bc"},
    "dark": {"paper": "#14171c", "sunk": "#0d1015", "ink": "#e7eaee", "line": "#272a31", "act": "#a3b7fe"},
}
ON_ACCENT = ("#ffffff", "#000000")

validate_hex = RegexValidator(
    r"\A#[0-9a-f]{6}\Z", "Write the colour as # and six digits from 0 to f, such as #1f6feb."
)


@dataclass(frozen=True)
class Shade:
    """The colour for text in one theme."""

    theme: str
    colour: str
    ratio: float  # of `colour` to the background it contrasts with least
    chosen_ratio: float  # of the colour as it was chosen

    @property
    def is_adjusted(self) -> bool:
        return self.chosen_ratio < TEXT


@dataclass(frozen=True)
class Accent:
    chosen: str
    light: Shade
    dark: Shade
    on: str  # text on the chosen colour

    @property
    def shades(self) -> tuple[Shade, Shade]:
        return self.light, self.dark


def normal(text: str) -> str:
    """“1F6FEB” or “#16e” as #rrggbb. Raises ValidationError for what is no colour of that kind."""
    found = text.strip().lower().removeprefix("#")
    if len(found) == 3:
        found = "".join(2 * digit for digit in found)
    validate_hex(f"#{found}")
    return f"#{found}"


@dataclass(frozen=True)
class Sample:
    """One theme of the preview: the colours of frontend/status.css as an SVG can name them."""

    theme: str
    paper: str
    sunk: str
    ink: str
    line: str
    act: str  # links
    main: str  # the line on top; nothing without an accent
    button: str
    on: str
    plate: str  # behind a logo that needs one here
    has_plate: bool


@lru_cache(maxsize=256)
def accent_of(colour: str) -> Accent:
    """The accent of `colour` (#rrggbb): its shade for text in each theme, and the text that fits on it."""
    on = max(ON_ACCENT, key=lambda text: _color(colour).contrast(text, method="wcag21"))
    return Accent(colour, _shade("light", colour), _shade("dark", colour), on)


def samples(accent: Accent | None, plate: str) -> list[Sample]:
    """Both themes with `accent`, or as they are without one; `plate` names the theme in which the logo needs one."""
    found = []
    for theme, own in OWN.items():
        shade = getattr(accent, theme) if accent else None
        act, button, on = own["act"], OWN["light"]["act"], "#ffffff"
        if accent and shade:
            act, button, on = shade.colour, accent.chosen, accent.on
        other = OWN["dark" if theme == "light" else "light"]["paper"]
        found.append(
            Sample(
                **own | {"act": act}, theme=theme, main=accent.chosen if accent else "", button=button, on=on,
                plate=other, has_plate=plate == theme,
            )
        )  # fmt: skip
    return found


def _shade(theme: str, colour: str) -> Shade:
    """The nearest lightness of the same hue that can be read on every background of the theme."""
    chosen = _ratio(colour, theme)
    found, ratio = colour, chosen
    step = -STEP if theme == "light" else STEP
    tried = _color(colour).convert("oklch")
    while ratio < TEXT and 0 < tried["lightness"] + step < 1:
        tried["lightness"] += step
        found = tried.convert("srgb").fit(method="oklch-chroma").to_string(hex=True)
        ratio = _ratio(found, theme)
    return Shade(theme, found, ratio, chosen)


def _ratio(colour: str, theme: str) -> float:
    return min(_color(colour).contrast(paper, method="wcag21") for paper in PAPERS[theme])


def _color(text: str) -> "Color":
    # It knows more than a hundred colour spaces, and only whoever chooses a colour needs it.
    from coloraide import Color

    return Color(text)
