"""The client of the demo's own tracker. It asks no network, but the table that the tracker's pages change, too.

Workers call clients in threads, which keep no connection with the database: each call opens and closes its own.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction

from demo import tickets
from demo.models import DemoTicket
from trackers.face import (
    Access,
    Choice,
    Draft,
    Field,
    Found,
    Problem,
    ProjectFacts,
    RemoteChange,
    RemotePerson,
    RemoteTicket,
    TrackerError,
)

KEY = re.compile(r"(?:.*/)?([A-Za-z]{2,5}-[0-9]{1,9})/?")
STATES = {state.pk: state.name for state in tickets.STATES}
PRIORITIES = {priority.pk: priority.name for priority in tickets.PRIORITIES}


class Client:
    fields = frozenset(Field)

    def __init__(self, access: Access) -> None:
        self.url = access.url.rstrip("/")

    def look(self) -> Found:
        return Found(tickets.BOT, tuple(Choice(key, name) for key, name in tickets.PROJECTS.items()))

    def project(self, pk: str) -> ProjectFacts:
        if pk not in tickets.PROJECTS:
            raise _gone()
        with _asking():
            people = tickets.people()
        return ProjectFacts(
            states=tickets.STATES,
            priorities=tickets.PRIORITIES,
            people=tuple(people.values()),
            name=tickets.PROJECTS[pk],
            key=pk,
            url=f"{self.url}/?project={pk}",
        )

    def get(self, pk: str, project: str) -> RemoteTicket:
        with _asking():
            return self._told(_ticket(pk))

    def find(self, address: str) -> RemoteTicket:
        found = KEY.fullmatch(address.strip())
        if found is None:
            raise TrackerError(Problem.REFUSED, "has no tickets with such an address")
        with _asking():
            ticket = DemoTicket.objects.there().of_key(found[1]).first()
            if ticket is None:
                raise _gone()
            return self._told(ticket)

    def find_marked(self, project: str, marker: str, since: datetime) -> RemoteTicket | None:
        with _asking():
            rows = DemoTicket.objects.there().filter(project=project, made_at__gte=since)
            ticket = rows.filter(text__contains=marker).first()
            return self._told(ticket) if ticket else None

    def create(self, draft: Draft) -> RemoteTicket:
        with _asking():
            raw = {Field.TITLE: draft.title, **draft.raw}
            return self._told(tickets.add_ticket(project=draft.project, text=draft.text, raw=raw))

    def change(self, ticket: RemoteTicket, raw: Mapping[Field, str]) -> None:
        with _asking():
            tickets.set_fields(ticket=_ticket(ticket.pk), by=tickets.BOT, raw=dict(raw))

    def add_backlink(self, ticket: RemoteTicket, address: str, title: str) -> None:
        with _asking():
            row = DemoTicket.objects.select_for_update().get(pk=_ticket(ticket.pk).pk)
            if address not in (there for there, _ in row.links):
                row.links.append([address, title])
                row.save(update_fields=["links"])

    def changed_since(self, project: str, since: datetime, pks: Collection[str]) -> list[str]:
        with _asking():
            rows = DemoTicket.objects.filter(pk__in=[int(pk) for pk in pks], updated_at__gte=since)
            return [str(pk) for pk in rows.values_list("pk", flat=True)]

    def _told(self, ticket: DemoTicket) -> RemoteTicket:
        people = tickets.people()
        raw = {Field(name): value for name, value in ticket.raw.items()}
        owner = people.get(raw[Field.OWNER])
        return RemoteTicket(
            pk=str(ticket.pk),
            key=ticket.key,
            url=f"{self.url}/{ticket.key}/",
            project=ticket.project,
            raw=raw,
            names=raw
            | {
                Field.STATE: STATES.get(raw[Field.STATE], raw[Field.STATE]),
                Field.OWNER: owner.name if owner else "",
                Field.PRIORITY: PRIORITIES.get(raw[Field.PRIORITY], raw[Field.PRIORITY]),
            },
            updated_at=ticket.updated_at,
            changes=tuple(_change(row, people) for row in ticket.changes),
        )


def _change(row: dict[str, Any], people: Mapping[str, RemotePerson]) -> RemoteChange:
    return RemoteChange(
        pk=row["pk"],
        field=Field(row["field"]),
        before=row["before"],
        after=row["after"],
        at=datetime.fromisoformat(row["at"]),
        by=people.get(row["by"]),
    )


def _ticket(pk: str) -> DemoTicket:
    found = DemoTicket.objects.there().filter(pk=int(pk)).first() if pk.isdigit() else None
    if found is None:
        raise _gone()
    return found


def _gone() -> TrackerError:
    return TrackerError(Problem.GONE, "does not find it", is_answer=True)


@contextmanager
def _asking() -> Iterator[None]:
    is_open = connection.connection is not None
    try:
        with transaction.atomic():
            yield
    except (OperationalError, InterfaceError) as error:
        raise TrackerError(Problem.UNREACHABLE, "does not answer", may_have_run=True) from error
    finally:
        if not is_open:
            connection.close()
