"""The icons that pages show: all in one file that browsers keep, so that a page only names them."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from zipfile import ZipFile

import lucide
from django.conf import settings

from core.appearance import STATUS_LOOK

SPRITE = "build/icons.svg"
"""Below static/; made with the style sheet and the scripts, from the drawings of the `lucide` package."""
NAMED = {
    ".html": re.compile(r'\{% icon "([a-z0-9-]+)"'),
    ".py": re.compile(r'"([a-z0-9]+(?:-[a-z0-9]+)*)"'),  # any word in quotes: most icons stand in tables
}
NOT_SEARCHED = {"node_modules", "tests", "migrations", "bench", "launcher", "config", "static"}


def sprite() -> str:
    """The file: a symbol for each icon that a template or a table in Python names."""
    words = {name for path in _sources() for name in NAMED[path.suffix].findall(path.read_text())}
    names = words & _known()
    fills = {fill for _, fill in STATUS_LOOK.values()}
    clocks = "".join(
        f'<symbol id="{clock_name(fill)}" viewBox="0 0 16 16">{_clock(fill)}</symbol>\n'
        for fill in sorted(fills, key=lambda fill: -1 if fill is None else fill)
    )
    icons = "".join(_symbol(name) for name in sorted(names))
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{clocks}{icons}</svg>\n'


def clock_name(fill: int | None) -> str:
    """The symbol of the clock that is so full, in per cent; None for a dashed ring."""
    return "clock-dashed" if fill is None else f"clock-{fill}-full"


@cache
def in_sprite() -> frozenset[str]:
    """The names of the icons in the file as it stands; any other is drawn where it is shown."""
    text = (settings.BASE_DIR / "static" / SPRITE).read_text()
    return frozenset(re.findall(r'<symbol id="([^"]+)"', text))


def _clock(fill: int | None) -> str:
    if fill == 100:
        return (
            '<circle cx="8" cy="8" r="7" fill="currentColor"/><path d="M5 8.2l2 2 4-4.2" fill="none" '
            'stroke="var(--color-base-100)" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/>'
        )
    dash = "" if fill is not None else ' stroke-dasharray="2.4 2"'
    ring = f'<circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="1.5"{dash}/>'
    if not fill:
        return ring
    return (
        f'{ring}<circle cx="8" cy="8" r="2" fill="none" stroke="currentColor" stroke-width="4" '
        f'pathLength="100" stroke-dasharray="{fill} 100" transform="rotate(-90 8 8)"/>'
    )


def _symbol(name: str) -> str:
    """Without stroke and fill, which come from the style sheet of the page."""
    drawn = lucide._render_icon(name, None)
    inside = drawn[drawn.index(">") + 1 : drawn.rindex("</svg>")]
    outline = "".join(line.strip() for line in inside.splitlines()).replace(" />", "/>")
    return f'<symbol id="{name}" viewBox="0 0 24 24">{outline}</symbol>\n'


def _known() -> set[str]:
    """The names of all icons that `lucide` has."""
    with (files("lucide") / "lucide.zip").open("rb") as packed, ZipFile(packed) as icons:
        return {name.removesuffix(".svg") for name in icons.namelist()}


def _sources() -> Iterator[Path]:
    root = settings.BASE_DIR
    for folder, below, found in root.walk():
        below[:] = [name for name in below if name not in NOT_SEARCHED and not name.startswith(".")]
        yield from (folder / name for name in found if Path(name).suffix in NAMED)
