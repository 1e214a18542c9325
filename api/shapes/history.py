"""History that was brought in, and everything that was taken out; and what was changed by whom."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from api.fields import ShownPerson
from api.shapes.base import Shape
from api.shapes.status_pages import PageSlug
from audit.models import AuditEntry
from history.models import Export, Import, RefusedEntry


class ImportShape(Shape):
    """A file of history, what was found in it, and how far it is."""

    by = ShownPerson(allow_null=True)
    page = PageSlug(allow_null=True)
    columns = serializers.DictField(child=serializers.CharField(), read_only=True)
    summary = serializers.SerializerMethodField()

    class Meta:
        model = Import
        fields = [
            "id",
            "format",
            "name",
            "size",
            "source",
            "zone",
            "date_order",
            "columns",
            "is_public",
            "ends_open",
            "page",
            "state",
            "problem",
            "summary",
            "place",
            "created_count",
            "maintenance_count",
            "other_count",
            "known_count",
            "refused_count",
            "by",
            "created_at",
            "finished_at",
        ]

    order: ClassVar = ("-pk",)

    @classmethod
    def rows(cls, user: User) -> Any:
        rows = Import.objects.select_related("by", "page")
        return rows if user.is_administrator else rows.none()

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_summary(self, run: Import) -> dict[str, Any]:
        """What was read; without samples for a token that does not reach what is private."""
        hides = self.context["call"].user.hides_private
        return {name: told for name, told in run.summary.items() if not (hides and name == "samples")}


class RefusedEntryShape(Shape):
    """An entry that is not brought in, and why."""

    class Meta:
        model = RefusedEntry
        fields = ["place", "source_id", "reason"]

    order: ClassVar = ("place", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        return RefusedEntry.objects.filter(run__in=ImportShape.rows(user))


class ExportShape(Shape):
    """Everything the caller may see, as a file that a worker writes."""

    class Meta:
        model = Export
        fields = [
            "id",
            "state",
            "problem",
            "has_files",
            "total",
            "done_count",
            "size",
            "asked_at",
            "ready_at",
        ]

    order: ClassVar = ("-pk",)

    @classmethod
    def rows(cls, user: User) -> Any:
        """Written as the person sees it: not for a token that does not reach what is private."""
        rows = Export.objects.filter(asked_by=user)
        return rows if user.is_administrator and not user.hides_private else rows.none()


class AuditEntryShape(Shape):
    """One link of a chain of changes. `changes` has [before, after] by name, or a plain value where there was none."""

    actor = ShownPerson(allow_null=True)
    changes = serializers.SerializerMethodField()

    class Meta:
        model = AuditEntry
        fields = [
            "sequence",
            "at",
            "actor",
            "actor_label",
            "origin",
            "action",
            "subject",
            "changes",
            "previous_hash",
            "hash",
        ]
        validators: ClassVar[list[Any]] = []

    order: ClassVar = ("-sequence",)

    @classmethod
    def rows(cls, user: User) -> Any:
        return AuditEntry.objects.select_related("actor")

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_changes(self, entry: AuditEntry) -> dict[str, Any]:
        return dict(entry.changes)
