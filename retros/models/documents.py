"""The narrative sections several people write at once."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from retros.models.retrospective import Retrospective


class Section(models.TextChoices):
    SUMMARY = "summary", "In short"
    WHAT_HAPPENED = "what_happened", "What happened"
    RESPONSE = "response", "How we responded"
    OUTLOOK = "outlook", "What we take with us"


class Document(models.Model):
    """One section. `state` is its compacted Yjs state, `text` the same as Markdown for search, export and forms."""

    retrospective = models.ForeignKey(Retrospective, on_delete=models.CASCADE, related_name="documents")
    section = models.CharField(max_length=20, choices=Section)
    state = models.BinaryField(default=b"")
    compacted_to = models.BigIntegerField(default=0, help_text="The last update that `state` and `text` hold")
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0, help_text="Counts up whenever `text` changes")
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["retrospective", "section"], name="retros_section_once")
        ]

    def __str__(self) -> str:
        return self.get_section_display()


class DocumentUpdate(models.Model):
    """One acknowledged Yjs update, until it is compacted away."""

    id = models.BigAutoField(primary_key=True)
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="updates")
    update_bytes = models.BinaryField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["document", "id"], name="retros_updates_in_order")]

    def __str__(self) -> str:
        return f"{self.document} #{self.pk}"


class DocumentVersion(models.Model):
    """What a section said at a moment, with everybody who had written since the version before."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    authors = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="retros_version_numbered_once")
        ]

    def __str__(self) -> str:
        return f"{self.document}, version {self.number}"


class Comment(models.Model):
    """Said beside a section, with the words it is about; answers hang below."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="comments")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="replies"
    )
    quote = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    mentions = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:80]
