"""Who outside reads an update on a status page."""

from django.db.models import TextField, Value
from django.db.models.functions import Coalesce, Lower, NullIf

from incidents.models import Audience, Incident
from statuspages.models import Component, PageSubscriber, StatusPage
from statuspages.status_snapshot import is_on_pages


def audiences_on_pages(incident: Incident) -> set[str]:
    """The public, where a published page shows the incident: its visitors read it without subscribing."""
    return {str(Audience.PUBLIC)} if is_on_pages(incident) else set()


def subscriber_count(incident: Incident, pages: list[StatusPage]) -> int:
    """Confirmed subscribers of these pages who hear of an incident, each address once."""
    services = incident.affected_services.values("service")
    components = Component.objects.filter(page__in=pages, service__in=services)
    rows = PageSubscriber.objects.filter(page__in=pages).confirmed().of_any(components)
    who = Coalesce(NullIf("url", Value("")), Lower("address"), output_field=TextField())
    return rows.order_by().values(who=who).distinct().count()
