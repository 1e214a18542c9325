"""Jobs of a worker (settings.JOBS); may run twice at once, or late."""

from datetime import datetime

from core.requested_files import forget_old, next_to_make
from insights.models import InsightsPdf
from insights.pdf import make_next_pdf
from insights.report_mail import send_due_report


def make_waiting_pdfs() -> None:
    """And forget those that were kept long enough."""
    while make_next_pdf():
        pass
    forget_old(InsightsPdf)


def send_due_reports() -> None:
    while send_due_report():
        pass


def next_pdf_at() -> datetime | None:
    """When there is a PDF to make."""
    return next_to_make(InsightsPdf)
