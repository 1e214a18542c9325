"""Who asked to hear of a page, and has proved that the address is theirs."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone

from notifications.models import Channel
from statuspages.models.page import Component, StatusPage


class SubscriberKind(models.TextChoices):
    MAIL = "mail", "E-mail"
    WEBHOOK = "webhook", "Webhook"


class SubscriberQuerySet(models.QuerySet["PageSubscriber"]):
    def confirmed(self) -> "SubscriberQuerySet":
        """Those who receive messages: not a webhook whose endpoint has not confirmed, or wants no more."""
        return self.filter(
            Q(kind=SubscriberKind.MAIL) | Q(endpoint_confirmed_at__isnull=False),
            Q(channel=None) | Q(channel__is_active=True),
            confirmed_at__isnull=False,
        )

    def unconfirmed_since(self, moment: datetime) -> "SubscriberQuerySet":
        return self.filter(confirmed_at__isnull=True, created_at__lt=moment)

    def of_any(self, components: Iterable[Component | int]) -> "SubscriberQuerySet":
        """Those who hear of the whole page, or of one of these components."""
        return self.filter(Q(hears_all=True) | Q(components__in=components)).distinct()

    def of_nothing_else(self, component: Component) -> "SubscriberQuerySet":
        """Those who hear of this component alone."""
        others = Component.objects.exclude(pk=component.pk).filter(subscribers=OuterRef("pk"))
        return self.filter(~Exists(others), hears_all=False, components=component)


class PageSubscriber(models.Model):
    """Of the whole page, or of the components chosen. A webhook is confirmed by e-mail and
    then by its endpoint; its channel has the secret."""

    page = models.ForeignKey(StatusPage, on_delete=models.CASCADE, related_name="subscribers")
    kind = models.CharField(max_length=10, choices=SubscriberKind, default=SubscriberKind.MAIL)
    address = models.EmailField(max_length=254)
    url = models.URLField(max_length=500, blank=True)
    channel = models.OneToOneField(
        Channel, null=True, blank=True, on_delete=models.SET_NULL, related_name="page_subscriber"
    )
    hears_all = models.BooleanField(
        default=True, help_text="Else of its components alone, also when none of them is left"
    )
    components = models.ManyToManyField(Component, blank=True, related_name="subscribers")
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    endpoint_confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the endpoint of a webhook asked for the address it was sent"
    )

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint("page", "kind", Lower("address"), "url", name="subscribed_to_a_page_once")
        ]

    def __str__(self) -> str:
        return self.url or self.address
