"""Where webhooks of trackers come in: checked, noted which tickets changed, answered; a worker fetches them."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.requests import told_length
from trackers.face import NotSignedError
from trackers.models import Tracker
from trackers.workflow import note_hook, note_refused_hook

LARGEST = 1024 * 1024
"""Bytes of one webhook."""


@csrf_exempt
@login_not_required
@require_POST
def tracker_hook(request: HttpRequest, pk: int) -> HttpResponse:
    """One that is not signed right is refused, and so is one for a tracker that is not there: alike."""
    tracker = Tracker.objects.filter(pk=pk).first()
    if told_length(request) > LARGEST or len(request.body) > LARGEST:
        return _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"At most {LARGEST // 1024} KB.")
    if tracker is None or not tracker.facts.has_hooks:
        return _refused(HTTPStatus.UNAUTHORIZED, "The signature is missing or wrong.")
    try:
        read = import_string(tracker.facts.hook)
        hook = read(request.headers, request.body, tracker.hook_secret, timezone.now())
    except NotSignedError:
        note_refused_hook(tracker=tracker)
        return _refused(HTTPStatus.UNAUTHORIZED, "The signature is missing or wrong.")
    except (ValueError, RecursionError):
        return _refused(HTTPStatus.BAD_REQUEST, "The body cannot be read.")
    note_hook(tracker=tracker, hook=hook)
    return JsonResponse({"status": "accepted"}, status=HTTPStatus.ACCEPTED)


def _refused(status: HTTPStatus, detail: str) -> HttpResponse:
    return JsonResponse({"detail": detail}, status=status)
