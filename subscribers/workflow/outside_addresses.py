"""Addresses outside the organisation: they confirm first, receive updates after that, and unsubscribe with one click."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import Installation, User
from audit.workflow import INSTALLATION, record_audit
from incidents.models import Incident, IncidentType, Service, Severity
from notifications.workflow import enqueue_mail
from subscribers.links import confirmation_url, read_confirmation, read_unsubscription
from subscribers.models import OutsideAddress, ReportWish, Subscription
from subscribers.workflow.preferences import own_preference
from subscribers.workflow.subscribing import subscribe

ASK_AGAIN_AFTER = timedelta(minutes=15)


@transaction.atomic
def invite_outside(
    *,
    email: str,
    by: User,
    audience: str,
    service: Service | None = None,
    severity: Severity | None = None,
    incident: Incident | None = None,
    incident_type: IncidentType | None = None,
) -> OutsideAddress:
    """An administrator subscribes an address; it gets a confirmation mail, and nothing else before it has confirmed."""
    if not by.is_administrator:
        raise PermissionDenied("Only administrators can subscribe outside addresses.")
    outside = _address(email, by)
    subscribe(
        owner=outside,
        by=by,
        audience=audience,
        service=service,
        severity=severity,
        incident=incident,
        incident_type=incident_type,
    )
    if not outside.confirmed_at:
        _ask(outside)
    return outside


@transaction.atomic
def resend_confirmation(*, outside: OutsideAddress, by: User) -> None:
    if not by.is_administrator:
        raise PermissionDenied("Only administrators can send the confirmation again.")
    outside = OutsideAddress.objects.select_for_update().get(pk=outside.pk)
    if outside.state == "confirmed":
        raise ValidationError(f"{outside} has confirmed already.")
    if not _ask(outside):
        raise ValidationError(
            f"{outside} got a confirmation e-mail a few minutes ago. Wait before you send another."
        )


@transaction.atomic
def remove_outside(*, outside: OutsideAddress, by: User) -> None:
    if not by.is_administrator:
        raise PermissionDenied("Only administrators can remove addresses.")
    record_audit(chain=INSTALLATION, action="outside_address.removed", subject=outside.email[:200], by=by)
    outside.delete()


@transaction.atomic
def confirm_outside(*, token: str) -> OutsideAddress:
    """Whoever reads the address's mail says yes. Raises LookupError where the link is not open (any more)."""
    named = read_confirmation(token) or {}
    outside = OutsideAddress.objects.select_for_update().filter(pk=named.get("outside", 0)).first()
    if outside is None or (outside.confirmed_at and outside.ended_at):
        raise LookupError("this link is not open")
    if outside.confirmed_at is None:
        outside.confirmed_at, outside.ended_at = timezone.now(), None
        outside.save(update_fields=["confirmed_at", "ended_at"])
        record_audit(
            chain=INSTALLATION, action="outside_address.confirmed", subject=outside.email[:200], by=None
        )
    return outside


@transaction.atomic
def unsubscribe_by_link(*, token: str) -> None:
    """End what the link of a mail names; again changes nothing. Raises LookupError where it names nothing."""
    named = read_unsubscription(token)
    if named is None:
        raise LookupError("this link names nothing")
    if "outside" in named:
        open_ones = OutsideAddress.objects.filter(pk=named["outside"], ended_at__isnull=True)
        open_ones.update(ended_at=timezone.now())
        return
    if "report" in named:
        ReportWish.objects.filter(pk=named["report"], person=named["person"]).delete()
        return
    mine = Subscription.objects.filter(person=named["person"])
    mine.filter(pk__in=named.get("subscriptions", ())).update(is_active=False)
    if named.get("standing"):
        _end_standing(named["person"])


def _end_standing(person_id: int) -> None:
    person = User.objects.filter(pk=person_id).first()
    if person is None:
        return
    wish = own_preference(person)
    wish.follows_worst = False
    wish.save(update_fields=["follows_worst"])


def _address(email: str, by: User) -> OutsideAddress:
    """The row of this address, locked; one that had unsubscribed is asked anew."""
    email = email.strip().lower()
    OutsideAddress.objects.bulk_create([OutsideAddress(email=email, created_by=by)], ignore_conflicts=True)
    outside = OutsideAddress.objects.select_for_update(of=("self",)).of_email(email).get()
    if outside.ended_at:
        outside.confirmed_at = outside.ended_at = None
        outside.save(update_fields=["confirmed_at", "ended_at"])
        outside.subscriptions.all().delete()
    return outside


def _ask(outside: OutsideAddress) -> bool:
    """Mail the question, unless it was asked just now; whether a mail goes."""
    now = timezone.now()
    if outside.asked_at and now - outside.asked_at < ASK_AGAIN_AFTER:
        return False
    outside.asked_at = now
    outside.save(update_fields=["asked_at"])
    organisation = Installation.get()
    context = {
        "email": outside.email,
        "organisation": organisation,
        "link": confirmation_url(outside),
    }
    enqueue_mail(
        to=outside.email,
        subject=f"Confirm your subscription to incidents at {organisation}",
        text=render_to_string("subscribers/mail/confirmation.txt", context),
        about=f"outside:{outside.pk}",
    )
    return True
