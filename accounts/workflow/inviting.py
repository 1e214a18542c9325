"""Letting somebody in: one link, one answer."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Installation, Invitation, Team, User, hash_token
from accounts.workflow.basics import audit, check_email_is_free, check_password, require_administrator
from notifications.workflow import enqueue_mail

MAIL = """{inviter} invites you to Allclear, where {organisation} handles its incidents.

Choose your password here:
{link}

The link works once, until {until}. If you did not expect it, do nothing.
"""


@transaction.atomic
def invite_person(
    *, by: Any, email: str, installation_role: str, teams: Iterable[Team] = ()
) -> tuple[Invitation, str]:
    """The invitation and its link: shown to the inviter this once, and mailed."""
    require_administrator(by)
    email = User.objects.normalize_email(email).strip()
    check_email_is_free(email)
    if Invitation.objects.open().filter(email__iexact=email).exists():
        raise ValidationError(
            {"email": "An invitation to this address is open. Send that one again instead."}
        )
    token = Invitation.new_token()
    invitation = Invitation.objects.create(
        email=email,
        installation_role=installation_role,
        invited_by=by,
        token_hash=hash_token(token),
        expires_at=timezone.now() + Invitation.LIFETIME,
    )
    invitation.teams.set(teams)
    audit("invitation.sent", email, by, installation_role=installation_role, teams=", ".join(map(str, teams)))
    return invitation, _mail_link(invitation, token, by)


@transaction.atomic
def invite_people(
    *, by: Any, emails: Iterable[str], installation_role: str, teams: Iterable[Team] = ()
) -> tuple[list[tuple[Invitation, str]], list[tuple[str, str]]]:
    """Invite each address. Returns (invitation, link) of those invited, and (address, reason) of the others.

    Raises ValidationError where no address could be invited.
    """
    invited, refused, teams = [], [], list(teams)
    for email in emails:
        try:
            invited.append(
                invite_person(by=by, email=email, installation_role=installation_role, teams=teams)
            )
        except ValidationError as refusal:
            refused.append((email, " ".join(refusal.messages)))
    if not invited:
        raise ValidationError({"emails": [f"{email}: {reason}" for email, reason in refused]})
    return invited, refused


@transaction.atomic
def renew_invitation(*, by: Any, invitation: Invitation) -> str:
    """A new link for another week; the old one is dead at once."""
    require_administrator(by)
    invitation = _lock_unanswered(invitation)
    token = Invitation.new_token()
    invitation.token_hash = hash_token(token)
    invitation.expires_at = timezone.now() + Invitation.LIFETIME
    invitation.save(update_fields=["token_hash", "expires_at"])
    audit("invitation.renewed", invitation, by)
    return _mail_link(invitation, token, by)


@transaction.atomic
def revoke_invitation(*, by: Any, invitation: Invitation) -> None:
    require_administrator(by)
    invitation = _lock_unanswered(invitation)
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    audit("invitation.revoked", invitation, by)


@transaction.atomic
def accept_invitation(*, token: str, name: str, password: str, time_zone: str, by: Any = None) -> User:
    invitation = Invitation.objects.of_token(token).select_for_update().first()
    if invitation is None or not invitation.is_open:
        raise ValidationError("This invitation is no longer open.", code="link_closed")
    if User.objects.filter(email__iexact=invitation.email).exists():
        raise ValidationError("Somebody here already has this e-mail. Sign in instead.", code="taken")
    check_password(password, User(email=invitation.email, name=name))
    person = User.objects.create_user(
        invitation.email,
        password,
        name=name,
        time_zone=time_zone,
        installation_role=invitation.installation_role,
    )
    person.teams.set(invitation.teams.all())
    invitation.used_at = timezone.now()
    invitation.save(update_fields=["used_at"])
    audit(
        "person.added",
        person,
        by or person,
        email=person.email,
        installation_role=person.installation_role,
        invited_by=str(invitation.invited_by),
    )
    return person


def _lock_unanswered(invitation: Invitation) -> Invitation:
    locked = Invitation.objects.unanswered().select_for_update().filter(pk=invitation.pk).first()
    if locked is None:
        raise ValidationError("This invitation is answered or taken back already.")
    return locked


def _mail_link(invitation: Invitation, token: str, by: Any) -> str:
    link = settings.PUBLIC_URL + reverse("invitation_answer", args=[token])
    text = MAIL.format(
        inviter=by,
        organisation=Installation.get().name,
        link=link,
        until=f"{invitation.expires_at:%d %B %Y %H:%M} UTC",
    )
    enqueue_mail(
        to=invitation.email,
        subject="You are invited to Allclear",
        text=text,
        about=f"invitation:{invitation.pk}",
    )
    return link
