"""A file that a person asks for and a worker makes: the row that stands for it, and how workers share the work."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.db.models import Min, Q
from django.http import FileResponse, Http404
from django.utils import timezone

from core.person import Person


class FileState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    MAKING = "making", "Being made"
    READY = "ready", "Ready"
    FAILED = "failed", "Did not work"


WAITING = (FileState.WAITING, FileState.MAKING)


class AskedFile(models.Model):
    """`started_at` is the last sign of life of whoever makes it."""

    GIVEN_UP_AFTER = timedelta(minutes=5)  # a worker that was killed holds nothing up longer
    LOST_AFTER = timedelta(minutes=20)  # what stops a worker each time is not tried for ever
    KEPT: timedelta | None = None

    state = models.CharField(max_length=10, choices=FileState, default=FileState.WAITING)
    file = models.FileField(upload_to="exports/%Y/%m/", blank=True)
    problem = models.CharField(max_length=300, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING

    def keep(self, file: Any, name: str, **more: Any) -> None:
        """It is there."""
        self.file.save(name, file, save=False)
        self.state, self.ready_at = FileState.READY, timezone.now()
        for field, value in more.items():
            setattr(self, field, value)
        self.save(update_fields=["file", "state", "ready_at", *more])

    def fail(self, problem: str) -> None:
        """`problem` is for people."""
        self.state, self.problem = FileState.FAILED, problem[:300]
        self.save(update_fields=["state", "problem"])


WAITING_AT_ONCE = 5


def ask[Asked: AskedFile](
    model: type[Asked], wake: Callable[[], Any], *, by: Person, **what: Any
) -> tuple[Asked, bool]:
    """One of `what`, and whether it is new: one that is being made for the same person is taken again.

    In the caller's transaction; `wake` has a worker look when it commits. ValidationError where too many wait already.
    """
    own = model._default_manager.filter(asked_by=by, state__in=WAITING)
    if same := own.filter(**what).first():
        return same, False
    if own.count() >= WAITING_AT_ONCE:
        raise ValidationError("Some of your files are still being made. Wait for them first.")
    found = model._default_manager.create(asked_by=by, **what)
    wake()
    return found, True


@transaction.atomic
def claim[Asked: AskedFile](model: type[Asked], *beside: str) -> Asked | None:
    """The oldest that nobody makes, held by the caller from now on; what is `beside` it is loaded with it."""
    now = timezone.now()
    silent = Q(state=FileState.MAKING, started_at__lt=now - model.GIVEN_UP_AFTER)
    model._default_manager.filter(silent, asked_at__lt=now - model.LOST_AFTER).update(
        state=FileState.FAILED, problem="It could not be finished. Ask for it again."
    )
    waiting = model._default_manager.filter(Q(state=FileState.WAITING) | silent).order_by("asked_at")
    waiting = waiting.select_related(*beside) if beside else waiting
    found: Asked | None = waiting.select_for_update(skip_locked=True, of=("self",)).first()
    if found is None:
        return None
    found.state, found.started_at = FileState.MAKING, now
    found.save(update_fields=["state", "started_at"])
    return found


def make_next[Asked: AskedFile](
    model: type[Asked], make: Callable[[Asked], tuple[str, bytes, str]], *beside: str
) -> bool:
    """Make the oldest that waits; False when none does. `make` gives name, content and what it lacks, in words for
    people, or raises RuntimeError with such words."""
    found = claim(model, *beside)
    if found is None:
        return False
    try:
        name, content, lacks = make(found)
    except RuntimeError as trouble:
        found.fail(str(trouble))
    else:
        found.keep(ContentFile(content), name, problem=lacks[:300])
    return True


def next_to_make(model: type[AskedFile]) -> datetime | None:
    """When there is one to make: the past where one waits, later where its maker may have been killed."""
    asked = model._default_manager.filter(state=FileState.WAITING).aggregate(at=Min("asked_at"))
    begun = model._default_manager.filter(state=FileState.MAKING).aggregate(at=Min("started_at"))
    waiting: datetime | None = asked["at"]
    making: datetime | None = begun["at"]
    return waiting or (making + model.GIVEN_UP_AFTER if making else None)


def forget_old(model: type[AskedFile]) -> None:
    """What has been kept long enough, file and row."""
    assert model.KEPT is not None
    for old in model._default_manager.filter(asked_at__lt=timezone.now() - model.KEPT).order_by("pk")[:100]:
        if old.file:
            old.file.delete(save=False)
        old.delete()


def file_answer(found: AskedFile, content_type: str) -> FileResponse:
    """As an attachment that no browser runs."""
    if not found.file:
        raise Http404
    name = str(found.file).rsplit("/", 1)[-1]
    response = FileResponse(
        found.file.open("rb"), as_attachment=True, filename=name, content_type=content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
