"""The newest incidents with words in one of their texts: each query is put together once a process
(core/kept_queries.py). For words alone; `shell.search.found` takes filters too.
"""

import json
from dataclasses import dataclass
from functools import cache

from django.contrib.postgres.search import SearchQueryField
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from accounts.models import User
from core.kept_queries import SOME_NUMBER, SOME_TEXT, SOMEBODY, Kept, Statement, keep
from incidents.models import Incident, ReferenceCounter
from incidents.models.incident import IncidentQuerySet
from incidents.search_words import query_of
from shell.search import NEWEST, having, in_retrospectives, in_rows, is_in_many

TYPED = RawSQL("%s::tsquery", [SOME_TEXT], output_field=SearchQueryField())


def newest_with(words: list[str], user: User, *, shown: int) -> list[Incident]:
    """With their severities, at most `shown`. `words` are as `shell.search.parse` reads them, at least one."""
    typed = _Typed.read(words)
    values = {SOMEBODY: user.pk, SOME_TEXT: typed.whole, SOME_NUMBER: typed.newest - NEWEST}
    kind = (user.installation_role, user.sees_private_incidents, typed.is_told(), shown)
    if typed.is_common():
        near = _near(*kind).rows(values)
        if len(near) == shown:
            return near
    return _all(*kind).rows(values)


@dataclass(frozen=True)
class _Typed:
    """The words as PostgreSQL reads them: together, and each by itself."""

    whole: str
    each: list[str]
    newest: int

    @classmethod
    def read(cls, words: list[str]) -> "_Typed":
        asked = {"whole": words} | {f"word{n}": [word] for n, word in enumerate(words)}
        texts = {name: Cast(query_of(some), TextField()) for name, some in asked.items()}
        newest, whole, *each = (
            ReferenceCounter.objects.annotate(**texts).values_list("last", *texts).get(pk=1)
        )
        return cls(whole, each, newest)

    def is_common(self) -> bool:
        """As `shell.search.is_common`."""
        with connection.cursor() as cursor:
            return is_in_many(min(self._guessed(cursor, word) for word in self.each))

    @staticmethod
    def _guessed(cursor: CursorWrapper, word: str) -> int:
        sql, parameters = _rows().filled({SOME_TEXT: word})
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
        ((answer,),) = cursor.fetchall()
        (plan,) = answer if isinstance(answer, list) else json.loads(answer)
        return plan["Plan"]["Plan Rows"]

    def is_told(self) -> bool:
        """Whether a retrospective has the words."""
        sql, parameters = _told().filled({SOME_TEXT: self.whole})
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT EXISTS ({sql})", parameters)
            return cursor.fetchone()[0]


@cache
def _rows() -> Statement:
    return keep(in_rows(TYPED).values("pk")).statement


@cache
def _told() -> Statement:
    return keep(in_retrospectives(TYPED)).statement


@cache
def _near(role: str, sees_private: bool, is_told: bool, shown: int) -> Kept[Incident]:
    """Of the newest `NEWEST` numbers, one after the other until there are `shown`."""
    somebody = _somebody(role, sees_private)
    near = Incident.objects.visible_to(somebody).filter(number__gt=SOME_NUMBER)
    return _shown(near.filter(having(TYPED, somebody, is_common=True, is_told=is_told)), shown)


@cache
def _all(role: str, sees_private: bool, is_told: bool, shown: int) -> Kept[Incident]:
    somebody = _somebody(role, sees_private)
    reached = Incident.objects.visible_to(somebody)
    return _shown(reached.filter(having(TYPED, somebody, is_common=False, is_told=is_told)), shown)


def _shown(incidents: IncidentQuerySet, shown: int) -> Kept[Incident]:
    return keep(incidents.select_related("severity").newest_first()[:shown])


def _somebody(role: str, sees_private: bool) -> User:
    return User(pk=SOMEBODY, installation_role=role, sees_private_incidents=sees_private)
