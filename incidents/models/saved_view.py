"""How somebody likes to look at the list, or at Insights."""

from django.conf import settings
from django.db import models
from django.urls import reverse


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def of_list(self) -> "SavedViewQuerySet":
        return self.filter(path="")

    def of_insights(self) -> "SavedViewQuerySet":
        return self.exclude(path="")


class SavedView(models.Model):
    """A named question to the list of incidents or to a page of Insights: the address's own words."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    path = models.CharField(max_length=200, blank=True, help_text="The page; empty for the list of incidents")
    query = models.CharField(max_length=3000)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["person", "path", "name"], name="one_view_of_a_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{self.path or reverse('incident_list')}?{self.query}"
