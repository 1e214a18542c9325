"""What the scheduler asks for every few seconds; may run twice at once, or late."""

from celery import shared_task

from config.asked_files import forget_old
from insights.models import InsightsPdf
from insights.paper import make_next_pdf
from insights.report_mail import send_due_report


@shared_task
def make_waiting_pdfs() -> None:
    """And forget those that were kept long enough."""
    while make_next_pdf():
        pass
    forget_old(InsightsPdf)


@shared_task
def send_due_reports() -> None:
    while send_due_report():
        pass
