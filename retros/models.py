"""The retrospective an incident hands over to."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from incidents.models import Incident


class RetrospectiveStatus(models.TextChoices):
    COLLECTING = "collecting", "Collecting"
    SCHEDULED = "scheduled", "Scheduled"
    IN_SESSION = "in_session", "In session"
    SOAKING = "soaking", "Soaking"
    IN_REVIEW = "in_review", "In review"
    PUBLISHED = "published", "Published"


class RetrospectiveQuerySet(models.QuerySet):
    def visible_to(self, user) -> "RetrospectiveQuerySet":
        return self.filter(incident__in=Incident.objects.visible_to(user))

    def without_owner(self) -> "RetrospectiveQuerySet":
        return self.filter(owner__isnull=True).exclude(status=RetrospectiveStatus.PUBLISHED)


class Retrospective(models.Model):
    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, related_name="retrospective")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="retrospectives",
    )
    status = models.CharField(
        max_length=20, choices=RetrospectiveStatus, default=RetrospectiveStatus.COLLECTING
    )
    due_on = models.DateField(null=True, blank=True)
    material = models.JSONField(
        default=dict, blank=True, help_text="Brought along from elsewhere, kept whole."
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = RetrospectiveQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return f"Retrospective of {self.incident}"
