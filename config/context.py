"""What every page's frame shows: the organisation, the running incidents, what is unread or to be done, whether keys are on."""

import json
from functools import cache

from django.conf import settings
from django.db import connection
from django.db.models import Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.http import HttpRequest

from accounts.models import Installation, User
from incidents.models import Incident
from retros.models import ActionItem
from subscribers.models import Notice

ANYBODY = -1  # stands for the person where a query is put together for everybody


def shell(request: HttpRequest) -> dict:
    """Two queries for a whole page; none for a fragment, which never renders the frame."""
    htmx = getattr(request, "htmx", None)  # an error page may come before the middleware
    if htmx and not htmx.boosted:
        return {}
    user = getattr(request, "user", None)
    values: dict = {"is_demo": settings.DEMO}
    if user is None or not user.is_authenticated:
        return values | {"installation": Installation.get()}
    values["installation"], values["unread_count"], values["my_open_count"] = _organisation_and_counts(user)
    values["active_incidents"] = (
        Incident.objects.visible_to(user).active().select_related("severity").most_urgent_first()[:12]
    )
    return values


def _organisation_and_counts(user: User) -> tuple[Installation, int, int]:
    """With what is unread and the own open action items, in one query, asked by the one row that is surely there."""
    sql, parameters = _asked_once(user.installation_role, user.sees_private_incidents)
    with connection.cursor() as cursor:
        cursor.execute(sql, [user.pk if value == ANYBODY else value for value in parameters])
        row, unread, mine = cursor.fetchone()
    return Installation(pk=1, **json.loads(row or "{}")), unread, mine


@cache
def _asked_once(role: str, sees_private: bool) -> tuple[str, tuple]:
    """The query for whoever reaches as far, and its parameters with ANYBODY where the person comes.

    Every page asks it, and to put it together takes ten times as long as to run it.
    """
    anybody = User(pk=ANYBODY, installation_role=role, sees_private_incidents=sees_private)
    fields = {name: name for name in ("name", "time_zone", "duty_contact")}
    asked = (
        User.objects.filter(pk=ANYBODY)
        .annotate(
            organisation=Subquery(Installation.objects.filter(pk=1).values(row=JSONObject(**fields))),
            unread=Notice.objects.of(anybody).unread().counted(),
            mine=Coalesce(Subquery(ActionItem.objects.owned_by(anybody).unfinished().counted()), 0),
        )
        .values_list("organisation", "unread", "mine")
    )
    return asked.query.sql_with_params()
