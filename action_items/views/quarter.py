"""Action items over a quarter."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Team
from accounts.requests import SignedInRequest
from action_items.quarters import Quarter, Standing
from figures.burn_up import burn_up
from figures.draw import MEDIUM, NARROW, sizes

WIDEST = 1060


@require_safe
def action_quarter(request: SignedInRequest) -> HttpResponse:
    """What was promised for a quarter, and how much of it is done and verified."""
    today = timezone.localdate()
    quarter = Quarter.read(request.GET.get("quarter", ""), today)
    teams = list(Team.objects.all())
    team = next((one for one in teams if str(one.pk) == request.GET.get("team")), None)
    zone = timezone.get_current_timezone()
    standing = Standing.read(request.user, quarter, today=today, zone=zone, team=team)
    counted, rows = standing.kept, standing.weeks
    days = (today - quarter.first).days
    now = days / 7 if 0 <= days <= (quarter.last - quarter.first).days else None
    title = f"{quarter.title}: {counted.done} of {counted.promised} done, {counted.verified} verified."
    context = {
        "section": "actions",
        "view": "quarter",
        "quarter": quarter,
        "teams": teams,
        "team": team,
        "kept": counted,
        "by_team": [] if team else standing.by_team,
        "weeks": rows,
        "figure": sizes(lambda width: burn_up(title, rows, now, width), WIDEST, MEDIUM, NARROW),
        "is_running": now is not None,
    }
    return render(request, "action_items/quarter.html", context)
