"""Noting that the background is alive."""

from django.utils import timezone

from notifications.models import Heartbeat


def note_heartbeat(*, name: str) -> None:
    Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now()})
