"""Files made of Insights."""

from datetime import timedelta

from django.db import models

from core.requested_files import AskedFile


class InsightsPdf(AskedFile):
    """One question in depth, or without `key` all of them; as whoever asked sees it when it is made."""

    KEPT = timedelta(days=1)

    key = models.CharField("question", max_length=40, blank=True)
    query = models.CharField(max_length=500, blank=True, help_text="The filters, as in the address")

    class Meta(AskedFile.Meta):
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "asked_at"], name="insights_pdfs_waiting")]

    def __str__(self) -> str:
        return f"Insights {self.key or 'overview'}: {self.get_state_display().lower()}"
