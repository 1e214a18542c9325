"""Who is notified of which incidents: subscribe, follow, pause, unsubscribe."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.models import User
from audit.workflow import INSTALLATION, record_audit
from incidents.audiences import ALWAYS_READ
from incidents.models import Audience, Incident, IncidentType, Service, Severity
from incidents.workflow.schedules import reschedule_running
from notifications.models import Channel
from subscribers.models import OutsideAddress, Subscription

Owner = User | Channel | OutsideAddress


@transaction.atomic
def subscribe(
    *,
    owner: Owner,
    by: User,
    audience: str,
    service: Service | None = None,
    severity: Severity | None = None,
    incident: Incident | None = None,
    incident_type: IncidentType | None = None,
) -> Subscription:
    """Let `owner` read what is written for `audience`; a paused subscription of the same words runs again.

    For oneself, or, by an administrator, for anybody and for any place.
    """
    if owner != by and not by.is_administrator:
        raise PermissionDenied("Only administrators can subscribe someone else.")
    if incident is not None and not Incident.objects.visible_to(by).filter(pk=incident.pk).exists():
        raise PermissionDenied("You can't see this incident.")
    _check_audience(owner, by, audience)
    _check_incident(owner, incident)
    filters: dict[str, Any] = {
        "audience": audience,
        "service": service,
        "severity": severity,
        "incident": incident,
        "incident_type": incident_type,
    }
    subscription, is_new = Subscription.objects.get_or_create(
        **_owned_by(owner), **filters, defaults={"created_by": by}
    )
    if not is_new and not subscription.is_active:
        subscription.is_active = True
        subscription.save(update_fields=["is_active"])
    if is_new and owner != by:
        _audit("subscription.added", subscription, by)
    _set_clocks(subscription)
    return subscription


def _set_clocks(*subscriptions: Subscription) -> None:
    """Set due times of running incidents: an audience may have got its first reader or lost its last."""
    for one in subscriptions:
        if one.audience not in ALWAYS_READ:
            own = Incident.objects.filter(pk=one.incident_id) if one.incident_id else None
            reschedule_running(own)


def follow(*, incident: Incident | None = None, service: Service | None = None, by: User) -> Subscription:
    """One's own subscription to one incident or service, in the words of one's own audience."""
    audience = Audience.RESPONDERS if by.is_responder else Audience.STAKEHOLDERS
    return subscribe(owner=by, by=by, audience=audience, incident=incident, service=service)


@transaction.atomic
def unfollow(*, incident: Incident | None = None, service: Service | None = None, by: User) -> None:
    """End one's own subscriptions to exactly this incident or service, whatever their audience."""
    own = Subscription.objects.of(by)
    if incident is not None:
        ended = list(own.filter(incident=incident))
    elif service is not None:
        ended = list(own.filter(incident=None, service=service, severity=None, incident_type=None))
    else:
        return
    own.filter(pk__in=[one.pk for one in ended]).delete()
    _set_clocks(*ended)


@transaction.atomic
def pause_subscription(*, subscription: Subscription, by: User, paused: bool) -> None:
    _check_owner(subscription, by)
    subscription.is_active = not paused
    subscription.save(update_fields=["is_active"])
    if subscription.person_id != by.pk:
        _audit("subscription.paused" if paused else "subscription.resumed", subscription, by)
    _set_clocks(subscription)


@transaction.atomic
def unsubscribe(*, subscription: Subscription, by: User) -> None:
    _check_owner(subscription, by)
    if subscription.person_id != by.pk:
        _audit("subscription.removed", subscription, by)
    subscription.delete()
    _set_clocks(subscription)


def _check_owner(subscription: Subscription, by: User) -> None:
    if subscription.person_id != by.pk and not by.is_administrator:
        raise PermissionDenied("This subscription belongs to someone else.")


def _check_audience(owner: Owner, by: User, audience: str) -> None:
    """Words for executives hold cost figures; words for responders stay with the team and its channels."""
    if audience not in Audience.values:
        raise ValidationError({"audience": "Choose an audience."})
    if audience == Audience.EXECUTIVES and not by.is_administrator:
        raise ValidationError(
            {"audience": "Only administrators can let someone read updates for executives."}
        )
    if audience != Audience.RESPONDERS or isinstance(owner, Channel):
        return
    if not (isinstance(owner, User) and owner.is_responder):
        raise ValidationError({"audience": "Only responders can read updates for responders."})


def _check_incident(owner: Owner, incident: Incident | None) -> None:
    if incident is None or not incident.is_private:
        return
    if not (isinstance(owner, User) and Incident.objects.visible_to(owner).filter(pk=incident.pk).exists()):
        raise ValidationError({"incident": "Only people who can see a private incident can subscribe to it."})


def _owned_by(owner: Owner) -> dict[str, Owner | None]:
    return {
        "person": owner if isinstance(owner, User) else None,
        "channel": owner if isinstance(owner, Channel) else None,
        "outside": owner if isinstance(owner, OutsideAddress) else None,
    }


def _audit(action: str, subscription: Subscription, by: User) -> None:
    about = subscription.incident.reference if subscription.incident else subscription.about
    record_audit(
        chain=INSTALLATION,
        action=action,
        subject=str(subscription.owner)[:200],
        by=by,
        changes={"about": about, "audience": subscription.audience},
    )
