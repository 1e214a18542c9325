"""The floor: what the same server gives for the least that a page of this kind can do."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from incidents.models import Incident

ROWS = engines["django"].from_string(
    "<!doctype html><title>Floor</title><ol>{% for row in rows %}<li><a href='/incidents/INC-{{ row.number }}/'>"
    "{{ row.title }}</a> {{ row.status }} {{ row.declared_at }}</li>{% endfor %}</ol><p>{{ filler }}</p>"
)
COUNTED = "NOT is_drill AND NOT status IN ('triage', 'declined', 'merged')"
WORDS = "severity status commander update impact service timeline retrospective "


@login_not_required
def floor(request: HttpRequest, size: int) -> HttpResponse:
    """One indexed query of 25 rows and a template, `size` bytes large like the page it stands beside."""
    rows = list(Incident.objects.order_by("-number").values("number", "title", "status", "declared_at")[:25])
    text = ROWS.render({"rows": rows, "filler": ""})
    missing = max(0, size - len(text))
    return HttpResponse(
        ROWS.render({"rows": rows, "filler": (WORDS * (missing // len(WORDS) + 1))[:missing]})
    )


@csrf_exempt
@login_not_required
def inserts(request: HttpRequest) -> HttpResponse:
    """Three inserts in one transaction, as the least a declaration can write: row, timeline, outbox."""
    with transaction.atomic(), connection.cursor() as cursor:
        for name in ("a", "b", "c"):
            cursor.execute(f"INSERT INTO bench_{name} (text, at) VALUES (%s, now())", ["x" * 200])
    return HttpResponse("done")


@login_not_required
def durations(request: HttpRequest, days: int) -> HttpResponse:
    """One grouped percentile_cont over the rows the insights of that period rest on; 0 days is all time."""
    since = timezone.now() - timedelta(days=days or 365 * 200)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT severity_id, count(*), percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY"
            " extract(epoch FROM resolved_at - impact_started_at)) FROM incidents_incident"
            f" WHERE {COUNTED} AND coalesce(impact_started_at, declared_at) >= %s GROUP BY severity_id",
            [since],
        )
        rows = cursor.fetchall()
    return HttpResponse(str(rows))


@login_not_required
def months(request: HttpRequest, days: int) -> HttpResponse:
    """One percentile_cont by month over the rows that the page over time rests on; 0 days is all time."""
    since = timezone.now() - timedelta(days=days or 365 * 200)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT date_trunc('month', coalesce(impact_started_at, declared_at) AT TIME ZONE 'UTC'), count(*),"
            " percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY"
            " extract(epoch FROM resolved_at - impact_started_at)) FROM incidents_incident"
            f" WHERE {COUNTED} AND coalesce(impact_started_at, declared_at) >= %s GROUP BY 1",
            [since],
        )
        rows = cursor.fetchall()
    return HttpResponse(str(rows))
