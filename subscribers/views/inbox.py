"""The inbox: what one was told, what is new, having read it."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from incidents.views.common import is_number
from subscribers.models import Notice, NotificationPreference
from subscribers.workflow import choose_browser, mark_all_read, mark_read

PAGE = 50
POPS_AT_ONCE = 3


@require_safe
def inbox(request: SignedInRequest) -> HttpResponse:
    unread_only = request.GET.get("show") == "unread"
    before = request.GET.get("before", "")
    notices = Notice.objects.of(request.user).newest_first()
    if unread_only:
        notices = notices.unread()
    if is_number(before):
        notices = notices.filter(pk__lt=int(before))
    page = list(notices[: PAGE + 1])
    shown = page[:PAGE]
    context = {
        "section": "inbox",
        "notices": shown,
        "older": shown[-1].pk if len(page) > PAGE else None,
        "newest": shown[0].pk if shown else None,
        "unread_only": unread_only,
        "is_browser_on": bool(NotificationPreference.of(request.user).in_browser),
    }
    template = "subscribers/inbox.html" + ("#notices" if request.htmx and not request.htmx.boosted else "")
    return render(request, template, context)


@never_cache
@require_safe
def news(request: SignedInRequest) -> HttpResponse:
    """How many are unread, and which of those newer than `after` an open tab may show beside the page."""
    unread = Notice.objects.of(request.user).unread()
    after = request.GET.get("after", "")
    answer: dict[str, Any] = {"unread": unread.count(), "newest": 0, "notices": []}
    newest = unread.order_by("-pk").values_list("pk", flat=True).first()
    answer["newest"] = newest or 0
    if is_number(after):
        fresh = unread.filter(pk__gt=int(after), pops=True).order_by("-pk")[:POPS_AT_ONCE]
        answer["notices"] = [{"id": n.pk, "title": n.title, "text": n.text} for n in reversed(list(fresh))]
    return JsonResponse(answer)


@never_cache
@require_safe
def notice(request: SignedInRequest, pk: int) -> HttpResponse:
    """Opening one is having read it; on to what it is about."""
    found = get_object_or_404(Notice.objects.of(request.user), pk=pk)
    mark_read(notice=found, by=request.user)
    return redirect(found.url)


@require_POST
def notice_reading(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Notice.objects.of(request.user), pk=pk)
    mark_read(notice=found, by=request.user)
    return _back(request)


@require_POST
def inbox_reading(request: SignedInRequest) -> HttpResponse:
    up_to = request.POST.get("up_to", "")
    mark_all_read(by=request.user, up_to=int(up_to) if is_number(up_to) else None)
    return _back(request)


@require_POST
def browser_notifications(request: SignedInRequest) -> HttpResponse:
    choose_browser(by=request.user, on=request.POST.get("on") == "yes")
    return redirect("inbox")


def _back(request: SignedInRequest) -> HttpResponse:
    answer = redirect("inbox")
    if request.GET.get("show") == "unread":
        answer["Location"] += "?show=unread"
    return answer
