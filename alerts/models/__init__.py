"""Alerts, and the routes that say what they become."""

from alerts.models.alert import (
    LONGEST_DESCRIPTION,
    LONGEST_KEY,
    LONGEST_TITLE,
    MOST_WORDS,
    OPEN_STATES,
    REFIRES_WITHIN,
    Alert,
    AlertChange,
    AlertQuerySet,
    AlertState,
    EarlyResolution,
)
from alerts.models.route import MOST_ROUTES, Route, RouteOutcome, RouteQuerySet
from alerts.models.silence import LONGEST_COMMENT, EndedBy, Silence, SilenceQuerySet

__all__ = [
    "LONGEST_COMMENT",
    "LONGEST_DESCRIPTION",
    "LONGEST_KEY",
    "LONGEST_TITLE",
    "MOST_ROUTES",
    "MOST_WORDS",
    "OPEN_STATES",
    "REFIRES_WITHIN",
    "Alert",
    "AlertChange",
    "AlertQuerySet",
    "AlertState",
    "EarlyResolution",
    "EndedBy",
    "Route",
    "RouteOutcome",
    "RouteQuerySet",
    "Silence",
    "SilenceQuerySet",
]
