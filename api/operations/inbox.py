"""The inbox, and how one wants to hear of what."""

from typing import Any

from rest_framework import serializers

from api.fields import Body, body, choice, flag
from api.operations.subscriptions import READ, TAG, WRITE
from api.parts import number
from api.registry import Call, item, listing, part, verb
from api.shapes.subscriptions import NoticeShape, PreferencesShape
from api.times import ClockField
from subscribers import workflow
from subscribers.models import NotificationKind, NotificationPreference

NEWS_READ, NEWS_WRITE = "incidents:read", "incidents:write"
"""The inbox tells titles of incidents, so a token for people does not open it."""

part(
    "notice",
    lambda call, raw: NoticeShape.rows(call.user).get(pk=number(raw)),
    shape=NoticeShape,
    about="The id of a line of the inbox.",
    number=True,
)
# -- preferences --------------------------------------------------------------------------------------------


def _news() -> serializers.ListField:
    return serializers.ListField(
        child=choice(NotificationKind), required=False, max_length=len(NotificationKind)
    )


class PreferencesBody(Body):
    by_mail = _news()
    in_inbox = _news()
    in_browser = _news()
    follows_worst = flag(help_text="Of every SEV1 and SEV2.")
    quiet_from = ClockField(required=False, allow_null=True)
    quiet_to = ClockField(required=False, allow_null=True)


PREFERENCES = ("by_mail", "in_inbox", "in_browser", "follows_worst", "quiet_from", "quiet_to")


def _choose(call: Call) -> NotificationPreference:
    wish = NotificationPreference.of(call.user)
    stands: dict[str, Any] = {name: getattr(wish, name) for name in PREFERENCES}
    return workflow.choose_notifications(by=call.user, **(stands | call.data))


item(
    "me/notification-preferences",
    PreferencesShape,
    lambda call: call.user,
    name="get_notification_preferences",
    summary="The caller's notification settings.",
    scope=READ,
    tag=TAG,
)
verb(
    "PATCH",
    "me/notification-preferences",
    workflow.choose_notifications,
    name="change_notification_preferences",
    body=PreferencesBody,
    answer=PreferencesShape,
    run=_choose,
    scope=WRITE,
    tag=TAG,
    summary="Change the caller's notification settings. Fields that are not sent stay.",
)
verb(
    "PUT",
    "me/notification-preferences/browser",
    workflow.choose_browser,
    name="set_browser_notifications",
    body=body("BrowserBody", on=serializers.BooleanField()),
    answer=PreferencesShape,
    scope=WRITE,
    tag=TAG,
    summary="Turn notifications in open tabs on or off. The browser asks for permission as well.",
)

# -- the inbox ----------------------------------------------------------------------------------------------


def _inbox(call: Call) -> Any:
    notices = NoticeShape.rows(call.user)
    return notices.unread() if call.query.get("unread") else notices


def _read(call: Call) -> Any:
    workflow.mark_read(notice=call["notice"], by=call.user)
    return call["notice"]


listing(
    "me/inbox",
    NoticeShape,
    _inbox,
    name="list_notices",
    summary="The caller's notifications, newest first.",
    query=body("InboxQuery", unread=flag()),
    scope=NEWS_READ,
    tag=TAG,
)
item(
    "me/inbox/{notice}",
    NoticeShape,
    name="get_notice",
    summary="One notification of the inbox.",
    scope=NEWS_READ,
    tag=TAG,
)
verb(
    "POST",
    "me/inbox/{notice}/reading",
    workflow.mark_read,
    name="mark_notice_read",
    answer=NoticeShape,
    run=_read,
    scope=NEWS_WRITE,
    tag=TAG,
    summary="Mark a notification as read.",
)
verb(
    "POST",
    "me/inbox/reading",
    workflow.mark_all_read,
    name="mark_notices_read",
    body=body(
        "ReadingBody",
        up_to=serializers.IntegerField(
            min_value=1,
            max_value=2**62,
            required=False,
            help_text="The id of the newest that was seen. By default all.",
        ),
    ),
    scope=NEWS_WRITE,
    tag=TAG,
    summary="Mark all notifications as read.",
)
