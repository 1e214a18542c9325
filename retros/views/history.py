"""Versions of a section: who had written, what changed from one to the other, and back to an earlier one."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from incidents.views.common import is_number
from retros import workflow
from retros.models import Document, DocumentVersion, Retrospective
from retros.queries import side_by_side
from retros.views.common import click, done, load, writers_only
from retros.views.common import section as page
from retros.views.writing import address, section_of
from retros.writing_forms import VersionForm

SHOWN = 50


@require_http_methods(["GET", "POST"])
def versions(request: SignedInRequest, pk: int, section: str) -> HttpResponse:
    """The versions, two of them side by side; POST keeps what stands now as another one."""
    retrospective = load(request, pk)
    document = section_of(request, retrospective, section)
    if request.method == "POST":
        return _keep(request, pk, document=document)
    rows = document.versions.defer("text") if document.pk else DocumentVersion.objects.none()
    older = request.GET.get("before", "")
    listed = rows.filter(number__lt=int(older)) if is_number(older) else rows
    kept = list(listed.prefetch_related("authors")[: SHOWN + 1])
    before, after = _chosen(request, document, rows)
    context = {
        "document": document,
        "versions": kept[:SHOWN],
        "earlier": kept[SHOWN - 1].number if len(kept) > SHOWN else None,
        "before": before,
        "after": after,
        "rows": side_by_side(before.text if before else "", after.text if after else document.text),
        "version_form": VersionForm(),
    }
    return page(request, retrospective, "narrative", context, "retros/versions.html")


def _chosen(
    request: SignedInRequest, document: Document, rows: QuerySet[DocumentVersion]
) -> tuple[DocumentVersion | None, DocumentVersion | None]:
    """Those of ?from= and ?to=; else the newest against what stands now, or the two newest where it is the same."""
    asked = [request.GET.get(name, "") for name in ("from", "to")]
    found = {str(v.number): v for v in rows.filter(number__in=[n for n in asked if is_number(n)])}
    if found:
        return found.get(asked[0]), found.get(asked[1])
    newest = [*rows[:2], None, None]
    return (newest[1], newest[0]) if newest[0] and newest[0].text == document.text else (newest[0], None)


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
