"""Before and after publishing: reviewers, waived checks, versions, readers, and the words hints look for."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower
from django.utils import timezone

from retros.models.retrospective import Retrospective


class Verdict(models.TextChoices):
    ASKED = "asked", "Asked"
    APPROVED = "approved", "Approved"
    CHANGES = "changes", "Asks for changes"


class Review(models.Model):
    retrospective = models.ForeignKey(Retrospective, on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    verdict = models.CharField(max_length=20, choices=Verdict, default=Verdict.ASKED)
    note = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["retrospective", "reviewer"], name="retros_reviewer_once")
        ]

    def __str__(self) -> str:
        return f"{self.reviewer}: {self.get_verdict_display()}"


class CheckWaiver(models.Model):
    """A check that does not hold and need not, with the reason."""

    retrospective = models.ForeignKey(Retrospective, on_delete=models.CASCADE, related_name="waivers")
    check_name = models.CharField(max_length=40)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["retrospective", "check_name"], name="retros_waived_once")
        ]

    def __str__(self) -> str:
        return f"{self.check_name}: {self.reason}"


class PublicationQuerySet(models.QuerySet["Publication"]):
    def newest(self) -> "PublicationQuerySet":
        """One each: what is read now."""
        later = Publication.objects.filter(
            retrospective=OuterRef("retrospective"), number__gt=OuterRef("number")
        )
        return self.filter(~Exists(later))


class Publication(models.Model):
    """A published version, kept as it was read. `content` is the export as JSON, `text` the same as Markdown."""

    retrospective = models.ForeignKey(Retrospective, on_delete=models.CASCADE, related_name="publications")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    text = models.TextField()
    figures = models.JSONField(
        null=True, editable=False, help_text="As they were drawn; none where it is from before they were kept"
    )
    note = models.CharField(max_length=300, blank=True, help_text="What is new in this version")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    search = SearchVectorField(null=True, editable=False)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["retrospective", "number"], name="retros_publication_numbered_once"
            )
        ]
        indexes = [GinIndex(fields=["search"], name="retros_publication_search")]

    def __str__(self) -> str:
        return f"{self.retrospective}, version {self.number}"


class ReaderMark(models.Model):
    """A reader says: this changed how I work."""

    retrospective = models.ForeignKey(Retrospective, on_delete=models.CASCADE, related_name="reader_marks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["retrospective", "user"], name="retros_reader_marks_once")
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.retrospective}"


class HintDismissal(models.Model):
    """A hint of the language helper that somebody looked at and left, with the reason."""

    retrospective = models.ForeignKey(Retrospective, on_delete=models.CASCADE, related_name="hint_dismissals")
    place = models.CharField(max_length=60, help_text="The section or row it was found in")
    rule = models.CharField(max_length=60)
    found = models.CharField(max_length=300)
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["retrospective", "place", "rule", "found"], name="retros_hint_left_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.found}: {self.reason}"


class HintWord(models.Model):
    """A word of this installation's own that the language helper looks for."""

    words = models.CharField(max_length=100, unique=True)
    ask = models.CharField("ask instead", max_length=300)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["words"]
        constraints = [
            models.UniqueConstraint(
                Lower("words"),
                name="retros_hint_word_once",
                violation_error_message="It is in the list already.",
            )
        ]

    def __str__(self) -> str:
        return self.words


class RetrospectiveSettings(models.Model):
    """How this installation holds its retrospectives."""

    framing = models.TextField(
        default=(
            "We look at what made sense at the time, with what people could see."
            " Nothing said here is held against anyone."
        )
    )
    soak_days = models.PositiveSmallIntegerField("working days to reflect", default=2)
    hides_dots = models.BooleanField(
        "hide dots until voting is closed",
        default=True,
        help_text="People see only their own dots until the facilitator closes the voting",
    )
    waivers_need_second_person = models.BooleanField(
        "a second person agrees to each waived check",
        default=False,
        help_text="Anyone who can write in the retrospective, except the person who waived the check",
    )
    reading_hours = models.PositiveSmallIntegerField("hours to read before publishing", default=24)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="retros_settings_are_one")]

    def __str__(self) -> str:
        return "How retrospectives are held"

    @classmethod
    def get(cls) -> "RetrospectiveSettings":
        return cls.objects.filter(pk=1).first() or cls(pk=1)
