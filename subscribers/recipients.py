"""Whom words about an incident reach, each once: people, channels, addresses outside. Two queries, however many."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from core.kept_queries import ANOTHER_ROW, SOME_ROW, Kept, keep
from incidents.models import Audience, Incident, Participation, Role, RoleAssignment, Severity
from incidents.models.people import people_reaching
from notifications.mail_server import sends_mail
from notifications.models import Channel
from subscribers.models import (
    WORST_RANK,
    NotificationKind,
    NotificationPreference,
    OutsideAddress,
    Subscription,
)

RICHEST_FIRST = (Audience.RESPONDERS, Audience.EXECUTIVES, Audience.STAKEHOLDERS, Audience.PUBLIC)
IN_CHARGE = {Role.COMMANDER, Role.DEPUTY, Role.COMMUNICATIONS_LEAD}


@dataclass
class Recipient:
    """One pair of eyes: a person, a channel or an address outside, with every path that leads there."""

    person: User | None = None
    channel: Channel | None = None
    outside: OutsideAddress | None = None
    audiences: set[str] = field(default_factory=set)
    subscriptions: list[int] = field(default_factory=list)
    roles: set[str] = field(default_factory=set)
    is_on_it: bool = False
    is_standing: bool = False

    @property
    def preference(self) -> NotificationPreference:
        assert self.person is not None
        return NotificationPreference.of(self.person)

    def reads(self, audiences: Iterable[str]) -> str | None:
        """Of the audiences an update goes to, the richest this one may read; None: it is not for them."""
        may = self.audiences | ({str(Audience.STAKEHOLDERS)} if self._reads_standing else set())
        return next((str(a) for a in RICHEST_FIRST if a in may and a in audiences), None)

    def receives(self, news: str) -> bool:
        """What happens to an incident beside its updates: for those inside, and for the channels of the team."""
        if self.channel or self.outside:
            return self.channel is not None and Audience.RESPONDERS in self.audiences
        if {Audience.RESPONDERS, Audience.STAKEHOLDERS} & self.audiences:
            return True
        return news == NotificationKind.DECLARED and self.is_standing and self._is_responder

    @property
    def is_told_by_mail(self) -> bool:
        """Of a status update."""
        if self.person:
            return self.preference.wants("by_mail", NotificationKind.UPDATES)
        return self.outside is not None

    @property
    def _is_responder(self) -> bool:
        return self.person is not None and self.person.is_responder

    @property
    def _reads_standing(self) -> bool:
        return self.is_standing and not self._is_responder


def recipients_of(
    incident: Incident, *, people: Iterable[int] = (), askers: Iterable[int] = ()
) -> list[Recipient]:
    """Everybody whom any path leads to this incident, and of `people` (ids) those who can reach it.

    `askers` (ids) asked for an update and so read what stakeholders read.

    Nobody without reach is among them, nobody deactivated, and of a private incident nothing outside the people.
    """
    wanted = list(Subscription.objects.matching(incident).select_related("channel", "outside"))
    asked = frozenset(askers)
    found = _people(incident, [s for s in wanted if s.person_id], {*people, *asked}, asked)
    if incident.is_private:
        return found
    return _merge(found, _places(wanted))


def load_recipients(incident: Incident) -> list[Recipient]:
    """`recipients_of`, kept on the incident: a page that counts and lists asks once."""
    if not hasattr(incident, "loaded_recipients"):
        incident.loaded_recipients = recipients_of(incident)  # type: ignore[attr-defined]
    return incident.loaded_recipients  # type: ignore[attr-defined]


def audiences_subscribed(incident: Incident) -> set[str]:
    """The audiences to which an active subscription that fits this incident belongs."""
    asked = _subscribed(
        incident.severity.rank, has_type=incident.incident_type_id is not None, is_private=incident.is_private
    )
    found: list[Any] = asked.rows({SOME_ROW: incident.pk, ANOTHER_ROW: incident.incident_type_id})
    return {row["audience"] for row in found}


@lru_cache(maxsize=100)
def _subscribed(rank: int, *, has_type: bool, is_private: bool) -> Kept[Subscription]:
    """The audiences, for any incident like this one."""
    incident = Incident(pk=SOME_ROW, severity=Severity(rank=rank), is_private=is_private)
    incident.incident_type_id = ANOTHER_ROW if has_type else None
    wanted = Subscription.objects.matching(incident).filter(
        Q(person__isnull=True) | Q(person__in=people_reaching(incident))
    )
    if is_private:
        wanted = wanted.filter(person__isnull=False)
    return keep(wanted.order_by().values("audience").distinct())  # type: ignore[arg-type]


def recipient_counts(incident: Incident) -> dict[str, int]:
    """How many would get an update that goes to this audience alone, each counted once."""
    found = load_recipients(incident)
    return {str(a): sum(r.reads([a]) is not None for r in found) for a in Audience}


def ways_sent(incident: Incident, audiences: Iterable[str]) -> list[tuple[str, str, str]]:
    """(icon, label, detail) of the ways an update to these audiences goes out."""
    audiences = list(audiences)
    reading = [r for r in load_recipients(incident) if r.reads(audiences)]
    mails = sum(r.is_told_by_mail for r in reading)
    inboxes = sum(
        r.person is not None and r.preference.wants("in_inbox", NotificationKind.UPDATES) for r in reading
    )
    channels = sorted(r.channel.name for r in reading if r.channel)
    ways = []
    if mails and not sends_mail():
        ways.append(("triangle-alert", "E-mail is not sent", "no mail server"))
    elif mails:
        ways.append(("mail", "E-mail", f"{mails} people, each once" if mails > 1 else "1 person"))
    if inboxes:
        ways.append(("inbox", "Inbox", f"{inboxes} people" if inboxes > 1 else "1 person"))
    if channels:
        names = ", ".join(channels[:3]) + (f" and {len(channels) - 3} more" if len(channels) > 3 else "")
        ways.append(("hash", names, f"{len(channels)} channels" if len(channels) > 1 else "1 channel"))
    return ways


def _people(
    incident: Incident, wanted: list[Subscription], also: set[int], askers: frozenset[int]
) -> list[Recipient]:
    on_it = Participation.objects.filter(
        incident=incident, user=OuterRef("pk"), left_at__isnull=True, access_revoked_at__isnull=True
    )
    roles = RoleAssignment.objects.filter(incident=incident, user=OuterRef("pk"), ended_at__isnull=True)
    paths = Q(is_on_it=True) | Q(pk__in={s.person_id for s in wanted} | also | {incident.reported_by_id})
    if incident.severity.rank <= WORST_RANK:
        paths |= Q(notification_preference__isnull=True) | Q(notification_preference__follows_worst=True)
    people = (
        people_reaching(incident)
        .annotate(is_on_it=Exists(on_it), role_slugs=ArraySubquery(roles.values("role__slug")))
        .filter(paths)
        .select_related("notification_preference")
    )
    own: dict[int, list[Subscription]] = {}
    for subscription in wanted:
        assert subscription.person_id is not None
        own.setdefault(subscription.person_id, []).append(subscription)
    return [_person(incident, person, own.get(person.pk, []), askers) for person in people]


def _person(
    incident: Incident,
    person: Any,  # a User; the stubs do not know what was annotated
    subscriptions: list[Subscription],
    askers: frozenset[int],
) -> Recipient:
    recipient = Recipient(person=person, is_on_it=person.is_on_it, roles=set(person.role_slugs))
    if person.is_on_it or person.role_slugs:
        recipient.audiences |= _read_by(person, Audience.RESPONDERS)
    if person.pk == incident.reported_by_id or person.pk in askers:
        recipient.audiences.add(str(Audience.STAKEHOLDERS))
    for subscription in subscriptions:
        recipient.audiences |= _read_by(person, subscription.audience)
        recipient.subscriptions.append(subscription.pk)
    recipient.is_standing = (
        incident.severity.rank <= WORST_RANK and NotificationPreference.of(person).follows_worst
    )
    return recipient


def _read_by(person: User, audience: str) -> set[str]:
    """The team also reads what it tells the stakeholders; who is no responder never reads the team's own words."""
    if audience != Audience.RESPONDERS:
        return {str(audience)}
    own = {str(Audience.RESPONDERS)} if person.is_responder else set()
    return own | {str(Audience.STAKEHOLDERS)}


def _places(wanted: list[Subscription]) -> list[Recipient]:
    found: dict[tuple[str, int | None], Recipient] = {}
    for subscription in wanted:
        if subscription.person_id:
            continue
        key = (
            "channel" if subscription.channel else "outside",
            subscription.channel_id or subscription.outside_id,
        )
        recipient = found.setdefault(
            key, Recipient(channel=subscription.channel, outside=subscription.outside)
        )
        recipient.subscriptions.append(subscription.pk)
        if subscription.channel and subscription.audience == Audience.RESPONDERS:
            recipient.audiences |= {str(Audience.RESPONDERS), str(Audience.STAKEHOLDERS)}
        elif subscription.audience != Audience.RESPONDERS:
            recipient.audiences.add(subscription.audience)
    return list(found.values())


def _merge(people: list[Recipient], places: list[Recipient]) -> list[Recipient]:
    """An address outside that is also somebody's here is that person's: one address, one mail."""
    by_email = {r.person.email.lower(): r for r in people if r.person}
    merged = list(people)
    for place in places:
        same = by_email.get(place.outside.email.lower()) if place.outside else None
        if same is None:
            merged.append(place)
        else:
            same.audiences |= place.audiences
    return merged
