"""A heartbeat: that it came is all it tells. Nothing heard for too long becomes an alert (workflow/heartbeats.py)."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from alerts.observed import Parsed

GROUP = "heartbeat"


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    return Parsed(closed_groups=(GROUP,), at=timezone.now(), note="Heartbeat")


def sample(service: str) -> dict[str, Any]:
    return {}
