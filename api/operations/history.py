"""History: brought in file by file, and taken out as a whole. Administrators only."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from rest_framework import serializers

from accounts.models import validate_time_zone
from api.fields import Body, body, choice, flag, named
from api.operations.administrators import administrators, all_of, require_administrator
from api.operations.insights import require_private
from api.parts import number
from api.registry import Call, item, listing, part, verb
from api.shapes.history import ExportShape, ImportShape, RefusedEntryShape
from core.requested_files import file_answer
from core.written_time import ORDERS
from history import workflow
from history.entry import BrokenFile
from history.formats import FORMATS
from history.formats.table import FIELDS, REQUIRED, header
from history.models import Import
from history.source import check_beginning
from incidents.models import Severity
from statuspages.models import StatusPage

SCOPE, TAG = "admin", "History"

part(
    "import_run",
    lambda call, raw: ImportShape.rows(call.user).get(pk=number(raw)),
    shape=ImportShape,
    about="The id of an import.",
    number=True,
)
part(
    "export",
    lambda call, raw: ExportShape.rows(call.user).get(pk=number(raw)),
    shape=ExportShape,
    about="The id of an export that the caller asked for.",
    number=True,
)

# -- imports ------------------------------------------------------------------------------------------------


def _zone() -> serializers.CharField:
    return serializers.CharField(
        max_length=64,
        required=False,
        allow_blank=True,
        validators=[lambda zone: validate_time_zone(zone) if zone else None],
        help_text="The time zone of times without one. If empty, they are refused.",
    )


def _date_order() -> serializers.ChoiceField:
    return choice(["", *ORDERS], required=False, help_text="Of dates such as 03/04/2024.")


class ImportBody(Body):
    format = choice(list(FORMATS))
    file = serializers.FileField(help_text="UTF-8 text, not compressed. As multipart/form-data.")
    source = serializers.SlugField(  # type: ignore[assignment]  # a field of that name
        max_length=40,
        required=False,
        help_text="Only where two systems of the same kind are imported from.",
    )
    zone = _zone()
    date_order = _date_order()

    def validate_file(self, file: Any) -> Any:
        if file.size > settings.IMPORT_MAX_BYTES:
            raise serializers.ValidationError(
                f"This file has {file.size:,} bytes, and the limit is {settings.IMPORT_MAX_BYTES:,}. Split it."
            )
        return file


def _start(call: Call) -> Import:
    file = call.data["file"]
    return workflow.start_import(by=call.user, name=file.name, size=file.size, **call.data)


class ConfirmBody(Body):
    severities = serializers.DictField(
        child=named(Severity.objects.all(), "name"),
        required=False,
        help_text="By each word of the file for how bad it was: the severity that it becomes.",
    )
    is_public = flag(help_text="Show them on public status pages, with the texts of the file.")
    ends_open = flag(help_text="Close those that are open in the file, with an unknown end.")
    page = named(
        StatusPage.objects.all(),
        required=False,
        allow_null=True,
        help_text="The page of the maintenances. By default a new draft page.",
    )

    def validate_severities(self, said: dict[str, Severity]) -> dict[str, int]:
        return {word: severity.pk for word, severity in said.items()}


class ColumnsBody(Body):
    columns = serializers.DictField(
        child=serializers.CharField(max_length=500),
        help_text=f"Which column of the file is what: {', '.join(FIELDS)}.",
    )
    zone = _zone()
    date_order = _date_order()

    def validate_columns(self, columns: dict[str, str]) -> dict[str, str]:
        for name in columns:
            if name not in FIELDS:
                raise serializers.ValidationError(f"There is no “{name}”. There are {', '.join(FIELDS)}.")
        missing = [name for name in REQUIRED if not columns.get(name)]
        if missing:
            raise serializers.ValidationError(f"Choose a column for {', '.join(missing)}.")
        return {name: columns.get(name, "") for name in FIELDS}


def _read_again(call: Call) -> Import:
    require_administrator(call)
    run, said = call["import_run"], dict(call.data)
    known = _columns_of(run)
    for column in said["columns"].values():
        if column and column not in known:
            raise ValidationError({"columns": f"The file has no column “{column[:60]}”."})
    said.setdefault("zone", run.zone)
    said.setdefault("date_order", run.date_order)
    return workflow.read_import_again(run=run, by=call.user, **said)


def _columns_of(run: Import) -> list[str]:
    if run.format != "csv" or not run.file:
        raise ValidationError("This import has no table that could be read again.")
    try:
        with Path(run.file.path).open("rb") as file:
            check_beginning(file)
            return header(file)
    except (BrokenFile, FileNotFoundError) as broken:
        raise ValidationError(str(broken)) from broken


listing(
    "imports",
    ImportShape,
    administrators(all_of(ImportShape)),
    name="list_imports",
    summary="Imports, newest first. Administrators only.",
    scope=SCOPE,
    tag=TAG,
)
item(
    "imports/{import_run}",
    ImportShape,
    name="get_import",
    summary="The state of an import, and what was found in the file.",
    scope=SCOPE,
    tag=TAG,
)
verb(
    "POST",
    "imports",
    workflow.start_import,
    body=ImportBody,
    answer=ImportShape,
    run=_start,
    status=201,
    takes_files=True,
    scope=SCOPE,
    tag=TAG,
    summary="Upload a file of history. Nothing is stored before the import is confirmed.",
    location=lambda made: f"/api/v1/imports/{made.pk}",
)
verb(
    "POST",
    "imports/{import_run}/confirmation",
    workflow.confirm_import,
    body=ConfirmBody,
    answer=ImportShape,
    run=lambda call: workflow.confirm_import(run=call["import_run"], by=call.user, **call.data),
    scope=SCOPE,
    tag=TAG,
    summary="Confirm an import that was checked, and start it.",
)
verb(
    "POST",
    "imports/{import_run}/reading",
    workflow.read_import_again,
    name="reread_import",
    body=ColumnsBody,
    answer=ImportShape,
    run=_read_again,
    scope=SCOPE,
    tag=TAG,
    summary="Read the file of an import again with other columns, date format or time zone.",
)
verb(
    "POST",
    "imports/{import_run}/drop",
    workflow.drop_import,
    answer=ImportShape,
    run=lambda call: workflow.drop_import(run=call["import_run"], by=call.user),
    scope=SCOPE,
    tag=TAG,
    summary="Discard an import before it starts.",
)
listing(
    "imports/{import_run}/refused",
    RefusedEntryShape,
    lambda call: RefusedEntryShape.rows(call.user).filter(run=call["import_run"]),
    name="list_refused_entries",
    summary="Entries that are not imported, with their place and the reason.",
    scope=SCOPE,
    tag=TAG,
)

# -- exports ------------------------------------------------------------------------------------------------


def _ask(call: Call) -> Any:
    require_private(call)
    return workflow.ask_for_export(by=call.user, **call.data)


listing(
    "exports",
    ExportShape,
    administrators(all_of(ExportShape)),
    name="list_exports",
    summary="Exports that the caller asked for in the last day. Administrators only.",
    scope=SCOPE,
    tag=TAG,
)
item(
    "exports/{export}",
    ExportShape,
    name="get_export",
    summary="The state of an export.",
    scope=SCOPE,
    tag=TAG,
)
item(
    "exports/{export}/content",
    None,
    lambda call: file_answer(call["export"], "application/jsonl"),
    name="get_export_content",
    summary="The exported file as JSON lines, once it is ready.",
    scope=SCOPE,
    tag=TAG,
    file_types=("application/jsonl",),
)
verb(
    "POST",
    "exports",
    workflow.ask_for_export,
    name="request_export",
    body=body("ExportBody", has_files=flag(help_text="With the files of evidence. Yes by default.")),
    answer=ExportShape,
    run=_ask,
    status=201,
    scope=SCOPE,
    tag=TAG,
    summary="Request an export of everything the caller may see. Administrators, with a private token.",
    location=lambda made: f"/api/v1/exports/{made.pk}",
)
