"""A retrospective as a file: HTML that stands alone, Markdown, JSON, and what the PDF is made of."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.text import slugify

from accounts.models import Installation
from retros.models import Publication, Retrospective
from retros.pictures import Picture, pictures
from retros.published_content import content_of, markdown_of


@dataclass(frozen=True)
class Copy:
    """What is read or exported: a published version as it was kept, or what stands now."""

    retrospective: Retrospective
    publication: Publication | None

    @property
    def content(self) -> dict[str, Any]:
        return self.publication.content if self.publication else content_of(self.retrospective)

    @property
    def figures(self) -> list[Picture]:
        """A version from before figures were kept has today's, as long as nobody works on them."""
        if self.publication is None:
            return pictures(self.retrospective)
        if self.publication.figures is not None:
            return [Picture.kept(data) for data in self.publication.figures]
        later = self.retrospective.publications.filter(number__gt=self.publication.number)
        is_newest = self.retrospective.is_published and not later.exists()
        return pictures(self.retrospective) if is_newest else []

    @property
    def name(self) -> str:
        version = f"-v{self.publication.number}" if self.publication else "-draft"
        return f"retrospective-{slugify(self.retrospective.title)[:60] or self.retrospective.pk}{version}"


def copy_of(
    retrospective: Retrospective, number: int | None = None, *, is_draft_open: bool = True
) -> Copy | None:
    """The version `number`; without, the newest one where it is published or what stands now is not open."""
    versions = retrospective.publications.select_related("by")
    if number is not None:
        found = versions.filter(number=number).first()
        return Copy(retrospective, found) if found else None
    is_read = retrospective.is_published or not is_draft_open
    return Copy(retrospective, versions.first() if is_read else None)


def as_html(copy: Copy, *, is_for_pdf: bool = False) -> str:
    context = {
        "content": copy.content,
        "publication": copy.publication,
        "organisation": Installation.get(),
        "figures": copy.figures,
        "is_for_pdf": is_for_pdf,
        "is_export": True,
    }
    return render_to_string("retros/export/page.html", context)


def as_markdown(copy: Copy) -> str:
    return copy.publication.text if copy.publication else markdown_of(copy.content)


def as_json(copy: Copy) -> str:
    """The public text is no part of a version: it is written before or after publishing."""
    if copy.publication:
        rest: dict[str, Any] = {"version": copy.publication.number}
    else:
        rest = {"version": None, "public_text": copy.retrospective.public_text}
    return json.dumps(copy.content | rest, ensure_ascii=False, indent=1)


FORMATS: dict[str, tuple[Callable[[Copy], str], str]] = {
    "html": (as_html, "text/html; charset=utf-8"),
    "md": (as_markdown, "text/markdown; charset=utf-8"),
    "json": (as_json, "application/json"),
}
