"""Administrators: history brought in, file by file."""

import csv
from pathlib import Path

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from core.permissions import administrators_only
from core.requested_files import file_answer
from core.responses import csv_answer, refused_or
from core.text import harmless_cell
from history.entry import BrokenFile
from history.formats import FORMATS
from history.formats.table import guess, header
from history.forms import ColumnsForm, ConfirmForm, ExportForm, UploadForm
from history.models import Export, Import, ImportState
from history.source import check_beginning
from history.workflow import ask_for_export, confirm_import, drop_import, read_import_again, start_import
from incidents.models import Severity

LAST = 50


@require_safe
@administrators_only
def imports(request: SignedInRequest) -> HttpResponse:
    context = {"runs": Import.objects.select_related("by")[:LAST], "formats": FORMATS.values()}
    return render(request, "history/imports.html", context)


@require_http_methods(["GET", "POST"])
@administrators_only
def import_new(request: SignedInRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        arguments = form.cleaned_data | {"name": file.name, "size": file.size}
        if form.submit(start_import, by=request.user, **arguments):
            return redirect("import", form.outcome.pk)
    return render(request, "history/import_new.html", {"form": form, "formats": FORMATS.values()})


@never_cache
@require_http_methods(["GET", "POST"])
@administrators_only
def import_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET: how far it is, or what was read. POST: bring it in as chosen."""
    run = get_object_or_404(Import.objects.select_related("by", "page"), pk=pk)
    form = None
    if run.state == ImportState.READY and run.file:
        form = ConfirmForm(request.POST or None, run=run)
        if form.is_valid() and form.submit(confirm_import, run=run, by=request.user, **form.arguments()):
            return redirect("import", pk)
    names = dict(Severity.objects.values_list("pk", "name"))
    context = {
        "run": run,
        "form": form,
        "format": FORMATS[run.format],
        "refused": run.refused.all()[:LAST],
        "severities": [(word, names.get(key, "?")) for word, key in _used(run)],
        "unused": _unused_columns(run),
    }
    part = "#progress" if request.htmx and not request.htmx.boosted and run.is_working else ""
    response = render(request, f"history/import.html{part}", context)
    if request.htmx and not request.htmx.boosted and not run.is_working:
        response = HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return response


def _unused_columns(run: Import) -> list[str]:
    """The columns of a table that become nothing here."""
    if run.format != "csv" or run.state != ImportState.READY or not run.file:
        return []
    with Path(run.file.path).open("rb") as file:
        names = header(file)
    used = guess(names, run.columns).values()
    return [name for name in names if name and name not in used]


def _used(run: Import) -> list[tuple[str, int]]:
    return [(word, run.severities.get(word, 0)) for word in run.summary.get("degrees", {})]


@require_http_methods(["GET", "POST"])
@administrators_only
def import_columns(request: SignedInRequest, pk: int) -> HttpResponse:
    """Which column is what, and read it again."""
    waiting = (ImportState.READY, ImportState.BROKEN)
    run = get_object_or_404(Import, pk=pk, format="csv", state__in=waiting)
    if not run.file:
        return redirect("import", pk)
    try:
        with Path(run.file.path).open("rb") as file:
            check_beginning(file)
            names = header(file)
    except BrokenFile as broken:
        messages.error(request, str(broken))
        return redirect("import", pk)
    initial = guess(names, run.columns)
    form = ColumnsForm(request.POST or None, run=run, names=names, initial=initial)
    if form.is_valid() and form.submit(read_import_again, run=run, by=request.user, **form.chosen()):
        return redirect("import", pk)
    return render(request, "history/columns.html", {"run": run, "form": form})


@require_POST
@administrators_only
def import_drop(request: SignedInRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(Import, pk=pk)
    return refused_or(request, "Dropped.", "imports", [], drop_import, run=run, by=request.user)


@require_safe
@administrators_only
def import_refusals(request: SignedInRequest, pk: int) -> HttpResponse:
    """Every refused entry with its place and reason, as CSV."""
    run = get_object_or_404(Import, pk=pk)
    response = csv_answer("", f"refused-{run.pk}.csv")
    writer = csv.writer(response)
    writer.writerow([FORMATS[run.format].place, "id", "reason"])
    for row in run.refused.iterator():
        writer.writerow([row.place, harmless_cell(row.source_id), harmless_cell(row.reason)])
    return response


@never_cache
@require_http_methods(["GET", "POST"])
@administrators_only
def exports(request: SignedInRequest) -> HttpResponse:
    """GET: what was asked for in the last day. POST: ask for one; a worker writes it."""
    form = ExportForm(request.POST or None)
    if form.is_valid() and form.submit(ask_for_export, by=request.user, **form.cleaned_data):
        return redirect("export", form.outcome.pk)
    own = Export.objects.filter(asked_by=request.user)
    return render(request, "history/exports.html", {"form": form, "exports": own})


@never_cache
@require_safe
@administrators_only
def export(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far it is; the page asks again by itself."""
    found = get_object_or_404(Export, pk=pk, asked_by=request.user)
    is_part = request.htmx and not request.htmx.boosted
    if is_part and not found.is_waiting:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    template = "history/export.html" + ("#progress" if is_part else "")
    return render(request, template, {"export": found})


@require_safe
@administrators_only
def export_file(request: SignedInRequest, pk: int) -> FileResponse:
    found = get_object_or_404(Export, pk=pk, asked_by=request.user)
    return file_answer(found, "application/jsonl; charset=utf-8")
