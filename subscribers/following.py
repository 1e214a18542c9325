"""What somebody follows, for the pages of incidents and services."""

from django.db.models import Exists, OuterRef

from accounts.models import User
from subscribers.models import Subscription


def is_followed(user: User, incident: OuterRef) -> Exists:
    """An expression: whether `user` follows the incident whose primary key `incident` stands for."""
    return Exists(Subscription.objects.of(user).following(incident))


def followed_services(user: User) -> set[int]:
    """The primary keys of the services that `user` follows."""
    return {pk for pk in Subscription.objects.of(user).followed_services() if pk}
