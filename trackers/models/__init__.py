"""Trackers, their projects and people; tickets of action items, and what conflicted."""

from trackers.models.tickets import Ticket, TicketConflict, TicketQuerySet, TicketState
from trackers.models.trackers import Creates, Tracker, TrackerPerson, TrackerProject

__all__ = [
    "Creates",
    "Ticket",
    "TicketConflict",
    "TicketQuerySet",
    "TicketState",
    "Tracker",
    "TrackerPerson",
    "TrackerProject",
]
