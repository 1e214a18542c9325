"""How somebody likes to look at the list."""

from django.conf import settings
from django.db import models
from django.urls import reverse


class SavedView(models.Model):
    """A named question to the list of incidents: the address's own words, so that it can be passed on."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=3000)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="one_view_of_a_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('incident_list')}?{self.query}"
