"""Letting somebody in: one link, one answer."""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from accounts.models import Installation, Invitation, Team, User, hash_token
from accounts.workflow.common import HERE_ALREADY, audit, check_password, require_administrator
from audit.workflow import INSTALLATION, record_many
from notifications.workflow import deliver, secret_mail

MAIL = """{inviter} invites you to Allclear, where {organisation} handles its incidents.

Choose your password here:
{link}

The link works once, until {until}. If you did not expect it, do nothing.
"""


MOST_AT_ONCE = 200  # addresses in one form: each is a link on the page that follows, and an e-mail
OPEN_ALREADY = "An invitation to this address is open. Send that one again instead."


@transaction.atomic
def invite_people(
    *, by: User, emails: Iterable[str], installation_role: str, teams: Iterable[Team] = ()
) -> tuple[list[tuple[Invitation, str]], list[tuple[str, str]]]:
    """Invite each address. Returns (invitation, link) of those invited, and (address, reason) of the others.

    A link is shown to the inviter this once, and mailed.
    The number of statements does not grow with the number of addresses. Raises ValidationError where no address
    could be invited, or for more than `MOST_AT_ONCE`.
    """
    require_administrator(by)
    wanted: dict[str, str] = {}
    for email in map(_normal, emails):
        wanted.setdefault(email.lower(), email)
    emails = list(wanted.values())
    if len(emails) > MOST_AT_ONCE:
        raise ValidationError({"emails": _too_many(len(emails))})
    reasons = _refusals(emails)
    refused = [(email, reasons[email.lower()]) for email in emails if email.lower() in reasons]
    good = [email for email in emails if email.lower() not in reasons]
    if not good:
        raise ValidationError({"emails": [f"{email}: {reason}" for email, reason in refused]})
    return _invite(good, by=by, installation_role=installation_role, teams=list(teams)), refused


def _too_many(count: int) -> str:
    return (
        f"These are {count} addresses. Invite at most {MOST_AT_ONCE} at a time: remove some, send these, then "
        "invite the others."
    )


def _normal(email: str) -> str:
    return str(User.objects.normalize_email(email)).strip()


def _refusals(emails: Sequence[str]) -> dict[str, str]:
    """By address in lower case, why it cannot be invited."""
    wanted = [email.lower() for email in emails]
    invited = Invitation.objects.open().annotate(lower=Lower("email")).filter(lower__in=wanted)
    return dict.fromkeys(invited.values_list("lower", flat=True), OPEN_ALREADY) | dict.fromkeys(
        User.objects.with_email(*emails).values_list("lower_email", flat=True), HERE_ALREADY
    )


def _invite(
    emails: Sequence[str], *, by: User, installation_role: str, teams: Sequence[Team]
) -> list[tuple[Invitation, str]]:
    tokens = [Invitation.new_token() for _ in emails]
    invitations = Invitation.objects.bulk_create(
        Invitation(
            email=email,
            installation_role=installation_role,
            invited_by=by,
            token_hash=hash_token(token),
            expires_at=timezone.now() + Invitation.LIFETIME,
        )
        for email, token in zip(emails, tokens, strict=True)
    )
    joining = Invitation.teams.through
    joining.objects.bulk_create(
        joining(invitation_id=invitation.pk, team_id=team.pk) for invitation in invitations for team in teams
    )
    changes = {"installation_role": installation_role, "teams": ", ".join(map(str, teams))}
    record_many(
        chain=INSTALLATION,
        action="invitation.sent",
        subjects=[(email[:200], changes) for email in emails],
        by=by,
    )
    return _mail_links(list(zip(invitations, tokens, strict=True)), by)


@transaction.atomic
def renew_invitation(*, by: User, invitation: Invitation) -> str:
    """A new link for another week; the old one is dead at once."""
    require_administrator(by)
    invitation = _lock_unanswered(invitation)
    token = Invitation.new_token()
    invitation.token_hash = hash_token(token)
    invitation.expires_at = timezone.now() + Invitation.LIFETIME
    invitation.save(update_fields=["token_hash", "expires_at"])
    audit("invitation.renewed", invitation, by)
    return _mail_links([(invitation, token)], by)[0][1]


@transaction.atomic
def revoke_invitation(*, by: User, invitation: Invitation) -> None:
    require_administrator(by)
    invitation = _lock_unanswered(invitation)
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    audit("invitation.revoked", invitation, by)


@transaction.atomic
def accept_invitation(
    *, token: str, name: str, password: str, time_zone: str, by: User | None = None
) -> User:
    invitation = Invitation.objects.of_token(token).select_for_update().first()
    if invitation is None or not invitation.is_open:
        raise ValidationError("This invitation is no longer open.", code="link_closed")
    if User.objects.with_email(invitation.email).exists():
        raise ValidationError(f"{HERE_ALREADY} Sign in instead.")
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
    locked: Invitation | None = (
        Invitation.objects.unanswered().select_for_update().filter(pk=invitation.pk).first()
    )
    if locked is None:
        raise ValidationError("This invitation is answered or taken back already.")
    return locked


def _mail_links(invited: Sequence[tuple[Invitation, str]], by: User) -> list[tuple[Invitation, str]]:
    """Each invitation with its link, which is on its way to the address."""
    organisation, found, mails = Installation.get().name, [], []
    for invitation, token in invited:
        link = settings.PUBLIC_URL + reverse("invitation_answer", args=[token])
        until = f"{invitation.expires_at:%d %B %Y %H:%M} UTC"
        text = MAIL.format(inviter=by, organisation=organisation, link=link, until=until)
        mails.append(
            secret_mail(
                to=invitation.email,
                subject="You are invited to Allclear",
                text=text,
                about=f"invitation:{invitation.pk}",
            )
        )
        found.append((invitation, link))
    deliver(*mails)
    return found
