"""What every page's frame shows: the organisation, the running incidents, whether keys are on."""

from django.conf import settings
from django.http import HttpRequest

from accounts.models import Installation
from incidents.models import Incident


def shell(request: HttpRequest) -> dict:
    """Two queries for a whole page; none for a fragment, which never renders the frame."""
    htmx = getattr(request, "htmx", None)  # an error page may come before the middleware
    if htmx and not htmx.boosted:
        return {}
    user = getattr(request, "user", None)
    values: dict = {"installation": Installation.get(), "is_demo": settings.DEMO}
    if user is not None and user.is_authenticated:
        values["active_incidents"] = (
            Incident.objects.visible_to(user).active().select_related("severity").most_urgent_first()[:12]
        )
    return values
