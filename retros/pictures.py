"""The pictures of a retrospective, for its readers' page and for its files."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from figures import fishbone, why_tree
from figures.swim_lanes import swim_lanes
from retros.factor_tree import factors_for_figures
from retros.models import Retrospective
from retros.timeline import RetrospectiveTimeline
from retros.timeline_picture import story_of

PAPER = 900  # px across of what is put on a page of paper


@dataclass(frozen=True)
class Picture:
    """Drawn by us: what was typed is escaped in it, also where it comes from the database."""

    title: str
    section: str  # under which it stands: timeline or causes
    sizes: Mapping[str, SafeString]
    alone: SafeString

    @classmethod
    def kept(cls, data: dict[str, Any]) -> "Picture":
        """As `asdict` gave it away."""
        sizes = {name: mark_safe(svg) for name, svg in data["sizes"].items()}  # noqa: S308 - our own drawing
        return cls(data["title"], data["section"], sizes, mark_safe(data["alone"]))  # noqa: S308 - our own drawing

    @property
    def svg(self) -> SafeString:
        """With its colours inside, for a file without our style sheet."""
        head, start, rest = self.alone.partition("<title")
        style = get_template("retros/export/figure.css").render()
        return mark_safe(f"{head}<style>{style}</style>{start}{rest}")  # noqa: S308 - our own drawing and style


def pictures(retrospective: Retrospective) -> list[Picture]:
    """Lanes, why-tree and fishbone, as far as there is something to draw."""
    found = []
    timeline = RetrospectiveTimeline(retrospective)
    if timeline.standing:
        lanes = swim_lanes(story_of(timeline))
        found.append(Picture("What happened, and who knew of it", "timeline", lanes, lanes["wide"]))
    factors = factors_for_figures(retrospective)
    if factors:
        outcome = retrospective.title
        tree, alone = why_tree.sizes(factors, outcome), why_tree.draw(factors, outcome, PAPER)
        found.append(Picture("Why it could happen", "causes", tree, alone))
        if any(one.category for one in factors):
            bones = fishbone.sizes(factors, outcome, asks=False)
            alone = fishbone.draw(factors, outcome, PAPER, asks=False)
            found.append(Picture("The same factors by kind", "causes", bones, alone))
    return found
