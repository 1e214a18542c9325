"""The report of Insights by mail to whoever wished for it; what it counts is within their reach as it is told."""

from django.conf import settings
from django.db import transaction
from django.utils.dateparse import parse_date

from insights.report import report_for
from notifications.models import OutboxMessage
from notifications.workflow import deliver
from subscribers.letters import letter
from subscribers.links import report_unsubscribe_url
from subscribers.models import NotificationPreference, ReportWish

TOPIC = "insights.report"


@transaction.atomic
def consume(message: OutboxMessage) -> None:
    """One mail; none where it was stopped meanwhile. A second time changes nothing."""
    if message.topic != TOPIC or message.is_replayed:
        return
    wishes = ReportWish.objects.filter(pk=message.payload["report"], person__is_active=True)
    found = wishes.select_related("person__notification_preference").first()
    day = parse_date(str(message.payload["period"]))
    if found is None or day is None:
        return
    person = found.person
    report = report_for(person, every=found.every, query=found.query, day=day)
    about = f" ({report.about})" if report.about else ""
    deliver(
        letter(
            message=message,
            person=person,
            wish=NotificationPreference.of(person),
            subject=f"{report.title}: {report.count} incident{'' if report.count == 1 else 's'}{about}",
            template="insights/mail/report",
            context={"report": report, "wish": found, "url": settings.PUBLIC_URL + report.path},
            about=f"report:{found.pk}",
            unsubscribe=report_unsubscribe_url(found),
        )
    )
