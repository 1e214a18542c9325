"""The report of Insights by mail to whoever wished for it; what it counts is within their reach at that moment."""

from django.conf import settings

from insights.report import report_for
from notifications.workflow import deliver
from subscribers.links import report_unsubscribe_url
from subscribers.mail_builder import letter
from subscribers.models import NotificationPreference
from subscribers.workflow import claim_due_report, hand_over


def send_due_report() -> bool:
    """Write one and put it on its way; False when none is due.

    It is counted outside any transaction and beside the outbox: on a Monday morning nothing urgent waits for it.
    """
    wish = claim_due_report()
    if wish is None:
        return False
    person, period = wish.person, wish.period  # type: ignore[attr-defined]  # beside it from the claim
    report = report_for(person, every=wish.every, query=wish.query, day=period)
    about = f" ({report.about})" if report.about else ""
    with hand_over(wish, period) as is_owed:
        if is_owed:
            deliver(
                letter(
                    key=f"report:{wish.pk}:{period}",
                    person=person,
                    wish=NotificationPreference.of(person),
                    subject=f"{report.title}: {report.count} incident{'' if report.count == 1 else 's'}{about}",
                    template="insights/mail/report",
                    context={"report": report, "wish": wish, "url": settings.PUBLIC_URL + report.path},
                    about=f"report:{wish.pk}",
                    unsubscribe=report_unsubscribe_url(wish),
                )
            )
    return True
