"""Versions of a section: who had written, what changed from one to the other, and back to an earlier one."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from retros import workflow
from retros.models import Document, DocumentVersion, Retrospective
from retros.reading import side_by_side
from retros.views.common import click, done, load, writers_only
from retros.views.common import section as page
from retros.views.writing import address, section_of
from retros.writing_forms import VersionForm

SHOWN = 100


@require_http_methods(["GET", "POST"])
def versions(request: SignedInRequest, pk: int, section: str) -> HttpResponse:
    """The versions, two of them side by side; POST keeps what stands now as another one."""
    retrospective = load(request, pk)
    document = section_of(request, retrospective, section)
    if request.method == "POST":
        return _keep(request, pk, document=document)
    rows = document.versions.prefetch_related("authors")[:SHOWN] if document.pk else []
    kept: list[DocumentVersion] = list(rows)
    before, after = _chosen(request, document, kept)
    context = {
        "document": document,
        "versions": kept,
        "before": before,
        "after": after,
        "rows": side_by_side(before.text if before else "", after.text if after else document.text),
        "version_form": VersionForm(),
    }
    return page(request, retrospective, "narrative", context, "retros/versions.html")


def _chosen(
    request: SignedInRequest, document: Document, kept: list[DocumentVersion]
) -> tuple[DocumentVersion | None, DocumentVersion | None]:
    """Those of ?from= and ?to=; else the newest against what stands now, or the two newest where it is the same."""
    by_number = {str(version.number): version for version in kept}
    asked = request.GET.get("from", ""), request.GET.get("to", "")
    if any(number in by_number for number in asked):
        return by_number.get(asked[0]), by_number.get(asked[1])
    if kept and kept[0].text == document.text:
        return (kept[1] if len(kept) > 1 else None), kept[0]
    return (kept[0] if kept else None), None


@writers_only
def _keep(request: SignedInRequest, retrospective: Retrospective, *, document: Document) -> HttpResponse:
    form = VersionForm(request.POST)
    to = reverse("narrative_versions", args=[retrospective.pk, document.section])
    if form.is_valid():
        arguments = {"document": document, "by": request.user, "note": form.cleaned_data["note"]}
        return click(request, document.retrospective, workflow.keep_version, to=to, **arguments)
    return done(request, document.retrospective, to=to)


@require_POST
@writers_only
def restoration(
    request: SignedInRequest, retrospective: Retrospective, section: str, number: int
) -> HttpResponse:
    """Let the section say again what it said in version `number`."""
    document = section_of(request, retrospective, section)
    get_object_or_404(document.versions.all(), number=number)
    arguments = {"document": document, "number": number, "by": request.user}
    return click(request, document.retrospective, workflow.restore_version, to=address(document), **arguments)
