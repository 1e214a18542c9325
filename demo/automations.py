"""Fernhill's automations, whose target is this installation itself: it says that it has begun, and does nothing."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from automations.models import Automation
from automations.workflow import add_automation
from demo.cast import Stage
from incidents.models import Mitigation

TARGET = "demo/jobs/"
ROLL_FORWARD, ROLL_BACK = "Deploy the newest version", "Roll back one version"


@login_not_required
@csrf_exempt
@never_cache
@require_POST
def job(request: HttpRequest) -> JsonResponse:
    """What a deployment tool answers. In demo mode only."""
    if not settings.DEMO:
        raise Http404
    return JsonResponse({"status": "started", "note": "A job of the demo: it changes nothing."}, status=202)


def tell_automations(stage: Stage) -> None:
    ines, service = stage.people["ines"], stage.services["payments-api"]
    template = '{"service": "{{ service.slug }}", "incident": "{{ incident.reference }}", "version": "%s"}'
    add_automation(
        by=ines,
        service=service,
        name=ROLL_FORWARD,
        url=_address(),
        template=template % "newest",
        mitigation_kind=Mitigation.Kind.OTHER,
    )
    add_automation(
        by=ines,
        service=service,
        name=ROLL_BACK,
        description="The version before the running one, in all regions.",
        url=_address(),
        template=template % "before",
        mitigation_kind=Mitigation.Kind.ROLLBACK,
        reversed_by=ROLL_FORWARD,
    )


def follow_address() -> None:
    """The demo may have been started with another port since."""
    rows = Automation.objects.filter(url__endswith=TARGET).exclude(url=_address())
    rows.filter(url__startswith="http://").update(url=_address())


def _address() -> str:
    return f"{settings.PUBLIC_URL}/{TARGET}"
