"""Trackers, their projects and people; tickets of action items, and what clashed."""

from trackers.models.tickets import Clash, Ticket, TicketQuerySet, TicketState
from trackers.models.trackers import Creates, Tracker, TrackerPerson, TrackerProject

__all__ = [
    "Clash",
    "Creates",
    "Ticket",
    "TicketQuerySet",
    "TicketState",
    "Tracker",
    "TrackerPerson",
    "TrackerProject",
]
