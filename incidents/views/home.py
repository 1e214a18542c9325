"""Home and the list of incidents."""

import django_filters
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from config.forms import Form
from incidents.forms.updating import NoChangeForm
from incidents.models import AffectedService, Audience, Incident, IncidentType, Severity, Status
from incidents.models.cadence import waiting_for_more
from incidents.models.incident import ACTIVE_STATUSES
from retros.models import ActionItem, Retrospective

PAGE = 50


class IncidentFilter(django_filters.FilterSet):
    """What the list can be narrowed by; the address carries it."""

    q = django_filters.CharFilter(method="search", label="Search")
    status = django_filters.ChoiceFilter(
        method="by_status",
        label="Status",
        choices=[("open", "All open"), *Status.choices],
        empty_label="Any status",
    )
    severity = django_filters.ModelChoiceFilter(queryset=Severity.objects.all(), empty_label="Any severity")
    incident_type = django_filters.ModelChoiceFilter(
        queryset=IncidentType.objects.all(), empty_label="Any type", label="Type"
    )

    class Meta:
        model = Incident
        fields: list[str] = []
        form = Form

    def search(self, queryset, name, value):
        words = Q()
        for word in value.split()[:8]:
            words &= Q(title__icontains=word) | Q(summary__icontains=word)
        by_reference = Incident.objects.of_reference(value.strip())
        return queryset.filter(words | Q(pk__in=by_reference))

    def by_status(self, queryset, name, value):
        return queryset.open() if value == "open" else queryset.filter(status=value)


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    reachable = Incident.objects.visible_to(request.user)
    active = list(reachable.active().with_people().with_updates().most_urgent_first()[:50])
    mine = [
        i for i in active if i.commander == request.user or i.holder_of("communications_lead") == request.user
    ]
    owed = sorted((i for i in mine if i.next_due), key=lambda i: i.next_due.due_at)
    running = AffectedService.objects.running().filter(
        incident__in=reachable.filter(status__in=ACTIVE_STATUSES)
    )
    context = {
        "section": "home",
        "active": active,
        "owed": owed[0] if owed else None,
        "no_change": NoChangeForm(),
        "no_change_to": [Audience(a).label for a in waiting_for_more(owed[0])] if owed else [],
        "suspected": reachable.suspected().select_related("severity", "reported_by").newest_first()[:20],
        "services": running.worst_first()[:20],
        "retrospectives": Retrospective.objects.visible_to(request.user)
        .without_owner()
        .select_related("incident")[:10],
        "my_action_items": ActionItem.objects.owned_by(request.user)
        .unfinished()
        .order_by("due_on", "priority", "pk")[:6],
        "is_first_run": not active and not reachable.exists(),
    }
    template = "incidents/home.html" + ("#home_body" if request.htmx and not request.htmx.boosted else "")
    return render(request, template, context)


@require_safe
def incident_list(request: SignedInRequest) -> HttpResponse:
    queryset = (
        Incident.objects.visible_to(request.user).with_people().select_related("incident_type").newest_first()
    )
    found = IncidentFilter(request.GET, queryset=queryset)
    page = Paginator(found.qs, PAGE).get_page(request.GET.get("page"))
    context = {"section": "incidents", "filter": found, "page": page}
    template = "incidents/incident_list.html" + (
        "#results" if request.htmx and not request.htmx.boosted else ""
    )
    return render(request, template, context)
