"""What every page's frame shows: the organisation, the running incidents, what is unread or to be done, whether keys are on."""

import json
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Subquery
from django.db.models.functions import JSONObject
from django.http import HttpRequest

from accounts.models import Installation, User
from action_items.models import ActionItem
from alerts.models import Alert
from core.kept_queries import SOMEBODY, Statement
from core.subqueries import count_of
from incidents.models import Incident, Status
from incidents.models.reference import address_of
from notifications import mail_server
from subscribers.models import Notice

ACTIVE_SHOWN = 12
MOST_FIRING = 100  # a storm has many; they are counted up to here


@dataclass(frozen=True)
class Active:
    """A running incident as the frame shows it."""

    pk: int
    number: int
    title: str
    status: str
    severity: str
    rank: int

    @property
    def url(self) -> str:
        return address_of(self.number)

    @property
    def status_words(self) -> str:
        return str(Status(self.status).label)


def shell(request: HttpRequest) -> dict:
    """One query for a whole page; none for a fragment, which never renders the frame."""
    htmx = getattr(request, "htmx", None)  # an error page may come before the middleware
    if htmx and not htmx.boosted:
        return {}
    user = getattr(request, "user", None)
    values: dict = {"is_demo": settings.DEMO, "sends_mail": mail_server.sends_mail()}
    if user is None or not user.is_authenticated:
        return values | {"installation": Installation.get()}
    return values | _frame(user)


def _frame(user: User) -> dict:
    """The organisation, what is unread, the own open action items, what runs: asked by the one row surely there."""
    asked = _asked_once(user.installation_role, user.sees_private_incidents)
    organisation, unread, mine, firing, active = asked.row({SOMEBODY: user.pk}, connection)
    return {
        "installation": Installation(pk=1, **json.loads(organisation or "{}")),
        "unread_count": unread,
        "my_open_count": mine,
        "firing_count": firing,
        "active_incidents": [Active(**json.loads(row)) for row in active],
    }


@cache
def _asked_once(role: str, sees_private: bool) -> Statement:
    """The query for whoever reaches as far, with a mark where the person comes.

    Every page asks it, and to put it together takes ten times as long as to run it.
    """
    anybody = User(pk=SOMEBODY, installation_role=role, sees_private_incidents=sees_private)
    fields = {name: name for name in ("name", "time_zone", "duty_contact")}
    shown = {name: name for name in ("pk", "number", "title", "status")}
    shown |= {"severity": "severity__name", "rank": "severity__rank"}
    active = Incident.objects.visible_to(anybody).active().most_urgent_first()[:ACTIVE_SHOWN]
    firing = Alert.objects.visible_to(anybody).firing_now().order_by()[:MOST_FIRING]
    asked = (
        User.objects.filter(pk=SOMEBODY)
        .annotate(
            organisation=Subquery(Installation.objects.filter(pk=1).values(row=JSONObject(**fields))),
            unread=count_of(Notice.objects.of(anybody).unread()),
            mine=count_of(ActionItem.objects.owned_by(anybody).unfinished()),
            firing=count_of(Alert.objects.filter(pk__in=firing.values("pk"))),
            active=ArraySubquery(active.values(row=JSONObject(**shown))),
        )
        .values_list("organisation", "unread", "mine", "firing", "active")
    )
    return Statement.of(*asked.query.sql_with_params())
