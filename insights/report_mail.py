"""The report and the board pack by mail to whoever wished for them, counted within their reach at that moment."""

from datetime import date
from typing import Any

from django.conf import settings

from insights.pack import pack_for
from insights.report import report_for
from notifications.workflow import deliver
from subscribers.links import report_unsubscribe_url
from subscribers.mail_builder import person_mail
from subscribers.models import NotificationPreference, ReportKind, ReportWish
from subscribers.workflow import claim_due_report, hand_over


def send_due_report() -> bool:
    """Write one and put it on its way; False when none is due.

    It is counted outside any transaction and beside the outbox: on a Monday morning nothing urgent waits for it.
    """
    wish = claim_due_report()
    if wish is None:
        return False
    person, period = wish.person, wish.period  # type: ignore[attr-defined]  # beside it from the claim
    words = (_pack if wish.kind == ReportKind.PACK else _report)(wish, period)
    with hand_over(wish, period) as is_owed:
        if is_owed:
            deliver(
                person_mail(
                    key=f"report:{wish.pk}:{period}",
                    person=person,
                    wish=NotificationPreference.of(person),
                    about=f"report:{wish.pk}",
                    unsubscribe=report_unsubscribe_url(wish),
                    **words,
                )
            )
    return True


def _report(wish: ReportWish, period: date) -> dict[str, Any]:
    report = report_for(wish.person, every=wish.every, query=wish.query, day=period)
    about = f" ({report.about})" if report.about else ""
    return {
        "subject": f"{report.title}: {report.count} incident{'' if report.count == 1 else 's'}{about}",
        "template": "insights/mail/report",
        "context": {"report": report, "wish": wish, "url": settings.PUBLIC_URL + report.path},
    }


def _pack(wish: ReportWish, period: date) -> dict[str, Any]:
    pack = pack_for(wish.person, query=wish.query, day=period)
    about = f" of {pack.about}" if pack.about else ""
    return {
        "subject": f"Reliability{about}, {pack.title}",
        "template": "insights/mail/pack",
        "context": {"pack": pack, "wish": wish, "url": settings.PUBLIC_URL + pack.path},
    }
