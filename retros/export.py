"""A retrospective as a file: HTML that stands alone, Markdown, JSON, and what the PDF is made of."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.text import slugify

from accounts.models import Installation
from retros.models import Publication, Retrospective
from retros.written import content_of, markdown_of


@dataclass(frozen=True)
class Figure:
    title: str
    svg: str
    section: str  # under which it stands: timeline or causes


FIGURES: tuple[Callable[[Retrospective], Figure | None], ...] = ()
"""What draws a picture of a retrospective, or None where it holds nothing to draw."""


def figures(retrospective: Retrospective) -> list[Figure]:
    return [figure for draw in FIGURES if (figure := draw(retrospective))]


@dataclass(frozen=True)
class Copy:
    """What is exported: a published version, or what stands now."""

    retrospective: Retrospective
    publication: Publication | None

    @property
    def content(self) -> dict[str, Any]:
        return self.publication.content if self.publication else content_of(self.retrospective)

    @property
    def name(self) -> str:
        version = f"-v{self.publication.number}" if self.publication else "-draft"
        return f"retrospective-{slugify(self.retrospective.title)[:60] or self.retrospective.pk}{version}"


def copy_of(retrospective: Retrospective, number: int | None = None) -> Copy | None:
    """The version `number`; without, the newest one where it is published, else what stands now."""
    versions = retrospective.publications.select_related("by")
    if number is not None:
        found = versions.filter(number=number).first()
        return Copy(retrospective, found) if found else None
    return Copy(retrospective, versions.first() if retrospective.is_published else None)


def as_html(copy: Copy, *, is_for_pdf: bool = False) -> str:
    context = {
        "content": copy.content,
        "publication": copy.publication,
        "organisation": Installation.get(),
        "figures": figures(copy.retrospective),
        "is_for_pdf": is_for_pdf,
        "is_export": True,
    }
    return render_to_string("retros/export/page.html", context)


def as_markdown(copy: Copy) -> str:
    return copy.publication.text if copy.publication else markdown_of(copy.content)


def as_json(copy: Copy) -> str:
    version = copy.publication.number if copy.publication else None
    document = copy.content | {"version": version, "public_text": copy.retrospective.public_text}
    return json.dumps(document, ensure_ascii=False, indent=1)


FORMATS: dict[str, tuple[Callable[[Copy], str], str]] = {
    "html": (as_html, "text/html; charset=utf-8"),
    "md": (as_markdown, "text/markdown; charset=utf-8"),
    "json": (as_json, "application/json"),
}
