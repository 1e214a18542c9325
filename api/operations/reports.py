"""Reports of Insights that come by e-mail each week or month: one's own."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from rest_framework import serializers

from api.fields import choice
from api.operations.insights import Which, address_of, measured_by
from api.parts import number
from api.registry import Call, item, listing, part, verb
from api.shapes.subscriptions import ReportSubscriptionShape
from insights.cohort import Access
from insights.pack import whose
from insights.pack_filters import PARTS, ask_pack, kept_pack
from insights.report import about, asked_by, kept, zone_of
from subscribers import workflow
from subscribers.models import ReportEvery, ReportKind, ReportWish

READ, WRITE, TAG = "people:read", "people:write", "Notifications"

part(
    "report",
    lambda call, raw: ReportSubscriptionShape.rows(call.user).get(pk=number(raw)),
    shape=ReportSubscriptionShape,
    about="The id of a report that the caller gets.",
    number=True,
)


class ReportWishBody(Which):
    metric = measured_by()
    kind = choice(ReportKind, required=False)
    every = choice(ReportEvery, required=False, help_text="A board pack comes each month.")
    parts = serializers.ListField(
        child=choice([*PARTS]), required=False, max_length=len(PARTS), help_text="Of a board pack."
    )


def _wish(call: Call) -> ReportWish:
    said = dict(call.data)
    kind, every = said.pop("kind", ReportKind.REPORT), said.pop("every", None)
    data = address_of({name: value for name, value in said.items() if name != "parts"})
    with timezone.override(zone_of(call.user)):
        if kind == ReportKind.PACK:
            words = _of_pack(call, data, said.get("parts", []))
        else:
            query = kept(data.urlencode())
            words = {"query": query, "about": about(asked_by(call.user, data))}
    usual = ReportEvery.MONTH if kind == ReportKind.PACK else ReportEvery.WEEK
    return workflow.wish_report(by=call.user, kind=kind, every=every or usual, **words)


def _of_pack(call: Call, data: Any, parts: list[str]) -> dict[str, str]:
    data.setlist("part", parts)
    asked, _parts = ask_pack(data, Access.of(call.user))
    if asked.missing:
        raise ValidationError(asked.missing)
    return {"query": kept_pack(data.urlencode()), "about": whose(asked)}


listing(
    "me/reports",
    ReportSubscriptionShape,
    lambda call: ReportSubscriptionShape.rows(call.user),
    name="list_report_subscriptions",
    summary="The caller's report subscriptions.",
    scope=READ,
    tag=TAG,
)
item(
    "me/reports/{report}",
    ReportSubscriptionShape,
    name="get_report_subscription",
    summary="One report subscription.",
    scope=READ,
    tag=TAG,
)
verb(
    "POST",
    "me/reports",
    workflow.wish_report,
    name="add_report_subscription",
    body=ReportWishBody,
    answer=ReportSubscriptionShape,
    run=_wish,
    status=201,
    scope=WRITE,
    tag=TAG,
    summary="Subscribe the caller to the report or the board pack by e-mail. Asking again changes nothing.",
    location=lambda made: f"/api/v1/me/reports/{made.pk}",
)
verb(
    "DELETE",
    "me/reports/{report}",
    workflow.end_report,
    name="remove_report_subscription",
    run=lambda call: workflow.end_report(wish=call["report"], by=call.user),
    scope=WRITE,
    tag=TAG,
    summary="Remove a report subscription.",
)
