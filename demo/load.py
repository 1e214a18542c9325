"""Fills an empty installation with Fernhill."""

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from audit import context
from demo import automations, backlog, signals
from demo.actions import tell_actions
from demo.alerts import tell_alerts
from demo.automations import tell_automations
from demo.backlog import tell_backlog
from demo.cast import make_cast
from demo.closed_incidents import tell_past, tell_yesterday
from demo.payments import tell_payments
from demo.present import tell_label_printing, tell_private, tell_search, tell_suspicions
from demo.retrospectives import tell_retrospectives
from demo.signals import tell_signals
from demo.status_page import tell_status_page
from incidents.catalogue import load_built_in_catalogue
from incidents.models import Incident
from notifications.models import OutboxMessage


class InUse(Exception):  # noqa: N818 - a state, shown to a person, not a fault
    """There are real incidents here; fictional ones would mix with them."""


@transaction.atomic
def load_demo() -> bool:
    """Make the people, services and incidents of Fernhill, once; False where they are there already.

    Raises InUse where the installation has incidents of its own.
    """
    with connection.cursor() as cursor:  # two starters at once load one after the other
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('demo', 0))")
    if User.objects.filter(is_demo=True).exists():
        signals.follow_address()
        automations.follow_address()
        backlog.follow_address()
        return False
    if Incident.objects.exists():
        raise InUse("This installation has incidents of its own. The demo is loaded into an empty one only.")
    load_built_in_catalogue()
    stage = make_cast(timezone.now())
    with context.coming_from("command load_demo"):
        # Oldest first, so that references grow with time as they do in life.
        for tell in (
            tell_past,
            tell_yesterday,
            tell_private,
            tell_label_printing,
            tell_search,
            tell_payments,
            tell_suspicions,
            tell_alerts,
            tell_signals,
            tell_automations,
            tell_actions,
            tell_retrospectives,
            tell_status_page,
            tell_backlog,
        ):
            tell(stage)
        OutboxMessage.objects.pending().update(done_at=timezone.now())  # it is past: nobody is told of it
    return True
