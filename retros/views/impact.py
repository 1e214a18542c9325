"""What it cost: four dimensions, services and their users, reliability, and how the team is."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from incidents.models import Service
from incidents.views.common import attempt, submitted
from retros import workflow
from retros.account import Account
from retros.account_forms import ImpactForm, UsersForm
from retros.measures import union, user_minutes
from retros.models import AffectedUsers, Dimension, ImpactStatement, Retrospective
from retros.permissions import can_write
from retros.views.common import load, section, writers_only
from retros.views.dialogs import finished, form_page

ASKED = {
    Dimension.CUSTOMERS: "Who could not do what, for how long? How many of how many?",
    Dimension.BUSINESS: "Money, contracts, promises, what people said about us.",
    Dimension.TECHNICAL: "What is unstable now, which shortcuts were taken, what has to be paid back?",
    Dimension.TEAM: "Nights, interrupted work, how it felt. Nobody is named.",
}


@require_safe
def impact(request: SignedInRequest, pk: int) -> HttpResponse:
    retrospective = load(request, pk)
    account = Account(retrospective)
    context = _context(request, retrospective, account)
    if request.htmx and request.htmx.target == "account":
        context["may_write"] = can_write(request.user, retrospective)
        return section(request, retrospective, "impact", context, "retros/impact.html#account")
    return section(request, retrospective, "impact", context)


def _context(request: SignedInRequest, retrospective: Retrospective, account: Account) -> dict[str, Any]:
    stored = {one.dimension: one for one in retrospective.impact_statements.all()}
    minutes, unstated = user_minutes(account.affected)
    return {
        "account": account,
        "incident": account.incident,
        "measures": account.measures,
        "dimensions": [
            (dimension, stored.get(dimension) or ImpactStatement(dimension=dimension), asked)
            for dimension, asked in ASKED.items()
        ],
        "intervals": account.affected,
        "services": {row.service: row for row in reversed(account.affected)}.values(),
        "union": union(account.affected),
        "user_minutes": None if minutes is None else round(minutes),
        "unstated": unstated,
        "section_url": address(retrospective),
    }


def address(retrospective: Retrospective) -> str:
    return reverse("retro_impact", args=[retrospective.pk])


@require_http_methods(["GET", "POST"])
@writers_only
def dimension(request: SignedInRequest, pk: int, dimension: str) -> HttpResponse:
    """One of the four, as a form."""
    retrospective = load(request, pk)
    if dimension not in Dimension.values:
        raise Http404
    statement = retrospective.impact_statements.filter(dimension=dimension).first() or ImpactStatement(
        retrospective=retrospective, dimension=dimension
    )
    form = ImpactForm(request.POST or None, statement=statement, has_debt=dimension == Dimension.TECHNICAL)
    if submitted(request, form) and attempt(
        form,
        workflow.write_impact,
        retrospective=retrospective,
        by=request.user,
        dimension=dimension,
        **form.cleaned_data,
    ):
        return finished(request, address(retrospective))
    return form_page(
        request,
        retrospective,
        form,
        title=Dimension(dimension).label,
        submit="Save",
        back=address(retrospective),
        hint=ASKED[Dimension(dimension)],
    )


@require_http_methods(["GET", "POST"])
@writers_only
def service_users(request: SignedInRequest, pk: int, service: int) -> HttpResponse:
    """How many use a service, and which share of them felt it."""
    retrospective = load(request, pk)
    affected = Service.objects.filter(impacts__incident__retrospectives=retrospective).distinct()
    found = get_object_or_404(affected, pk=service)
    stated = AffectedUsers.objects.filter(retrospective=retrospective, service=found).first()
    initial = {"users": stated.users, "share": stated.share} if stated else {}
    form = UsersForm(request.POST or None, initial=initial)
    if submitted(request, form) and attempt(
        form,
        workflow.state_users,
        retrospective=retrospective,
        by=request.user,
        service=found,
        **form.cleaned_data,
    ):
        return finished(request, address(retrospective))
    return form_page(
        request,
        retrospective,
        form,
        title=f"Users of {found}",
        submit="Save",
        back=address(retrospective),
        hint="User-minutes are computed from it. Empty both to take it back.",
    )
