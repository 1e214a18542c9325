"""What contributed, how often, and what came again within ninety days.

A factor belongs to an incident where a retrospective of incidents that the reader may read names it; one of a
sprint, a release or a project does not say which of its incidents a factor belongs to. Confirmed is what evidence
supports. A retrospective that was never published is a draft and names none. All in SQL: an incident's next one with the same factor is a window, not a join of all with all.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from insights.cohort import Scope
from insights.measuring import cohort_cte, rows

WITHIN = timedelta(days=90)
LOOKED_BACK = """JOIN readable ON readable.retrospective_id = f.retrospective_id AND readable.subject = 'incident'
  JOIN retros_retrospective AS held ON held.id = f.retrospective_id AND (held.status = 'published'
    OR EXISTS (SELECT FROM retros_publication AS p WHERE p.retrospective_id = held.id))
  JOIN retros_retrospective_incidents AS of ON of.retrospective_id = f.retrospective_id"""


@dataclass(frozen=True)
class Frequent:
    """One factor, in how many incidents, in how many of them confirmed, and the last of them."""

    text: str
    count: int
    confirmed: int
    last: datetime
    number: int
    title: str
    retrospective: int


def factors(scope: Scope, limit: int = 8) -> list[Frequent]:
    """The most frequent first. It is worded as in the last retrospective that names it."""
    cohort, params = cohort_cte(scope)
    found = rows(
        f"""WITH {cohort}, named AS (
          SELECT DISTINCT ON (c.id, f.factor_id) c.id, c.began, f.factor_id, f.text, f.retrospective_id,
            bool_or(f.is_confirmed) OVER (PARTITION BY c.id, f.factor_id) AS is_confirmed
          FROM retros_contributingfactor AS f {LOOKED_BACK} JOIN cohort AS c ON c.id = of.incident_id
          ORDER BY c.id, f.factor_id, f.id DESC),
        told AS (SELECT factor_id, count(*) AS count, count(*) FILTER (WHERE is_confirmed) AS confirmed,
            max(began) AS last, (array_agg(ARRAY[id, retrospective_id] ORDER BY began DESC, id DESC))[1:1] AS latest,
            (array_agg(text ORDER BY began DESC, id DESC))[1] AS text
          FROM named GROUP BY factor_id ORDER BY count DESC, last DESC LIMIT %s)
        SELECT told.text, count, confirmed, last, i.number, i.title, latest[1][2] FROM told
        JOIN incidents_incident AS i ON i.id = latest[1][1] ORDER BY count DESC, last DESC, told.text""",
        (*params, limit),
    )
    return [Frequent(*row) for row in found]


@dataclass(frozen=True)
class Recurred:
    """An incident, the first that followed it, by which factor (else by a link), and whether an action was open."""

    number: int
    title: str
    began: datetime
    next_number: int
    next_title: str
    next_began: datetime
    factor: str
    was_open: bool


@dataclass(frozen=True)
class Recurrence:
    of: int  # with ninety days behind them
    known: int  # of those, with a confirmed factor or a link: only they could be found to have recurred
    count: int
    while_open: int
    latest: list[Recurred]

    @property
    def coverage(self) -> float | None:
        return self.known / self.of if self.of else None

    @property
    def share(self) -> float | None:
        """None where nothing is known of any of them: that is not a share of zero."""
        return self.count / self.of if self.known else None


def recurrence(scope: Scope, limit: int = 20) -> Recurrence:
    """Incidents of the cohort followed within 90 days by one with the same confirmed factor or an explicit link.

    Whatever the reader reaches can follow, whether or not it is asked for. A link is one incident's address among
    the links of the other. Its action is one of the earlier incident that addresses that factor, or names none,
    and was open when the first that followed began.
    """
    cohort, params = cohort_cte(scope)
    reached, reached_params = Scope(scope.access.incidents, now=scope.now, access=scope.access).sql(
        "id", "number", "title", "began"
    )
    items, items_params = _items(scope)
    found = rows(
        f"""WITH {cohort}, reached AS ({reached}), items AS ({items}),
        followed AS (SELECT id FROM cohort WHERE began <= now - %s),
        named AS (
          SELECT of.incident_id AS id, f.factor_id, max(f.text) AS text
          FROM retros_contributingfactor AS f {LOOKED_BACK} WHERE f.is_confirmed GROUP BY 1, 2),
        by_factor AS (
          SELECT n.id, n.factor_id, n.text, i.began, first_value(n.id) OVER soon AS next
          FROM named AS n JOIN reached AS i USING (id)
          WINDOW soon AS (PARTITION BY n.factor_id ORDER BY i.began
            RANGE BETWEEN interval '1 microsecond' FOLLOWING AND %s FOLLOWING)),
        linked AS (
          SELECT l.incident_id AS one, other.id AS two FROM incidents_incidentlink AS l
          JOIN reached AS other ON other.number = substring(l.url FROM %s)::bigint WHERE l.url LIKE %s),
        by_link AS (
          SELECT a.id, NULL::bigint AS factor_id, '' AS text, a.began, b.id AS next FROM (
            SELECT one, two FROM linked UNION SELECT two, one FROM linked) AS pair
          JOIN reached AS a ON a.id = pair.one JOIN reached AS b ON b.id = pair.two
          WHERE b.began > a.began AND b.began <= a.began + %s),
        pairs AS (
          SELECT p.*, b.number AS next_number, b.title AS next_title, b.began AS next_began
          FROM (SELECT * FROM by_factor UNION ALL SELECT * FROM by_link) AS p
          JOIN followed USING (id) JOIN reached AS b ON b.id = p.next),
        opened AS (
          SELECT DISTINCT p.id FROM pairs AS p JOIN items ON items.incident_id = p.id
          WHERE items.created_at <= p.next_began AND (items.ended_at IS NULL OR items.ended_at > p.next_began)
            AND (items.factor_id IS NULL OR p.factor_id IS NULL OR items.factor_id = p.factor_id)),
        told AS (
          SELECT DISTINCT ON (id) pairs.*, opened.id IS NOT NULL AS any_open
          FROM pairs LEFT JOIN opened USING (id) ORDER BY id, next_began, next, factor_id NULLS LAST)
        SELECT i.number, i.title, t.began, t.next_number, t.next_title, t.next_began, t.text, t.any_open,
          counted.of, counted.known, counted.count, counted.open
        FROM (SELECT (SELECT count(*) FROM followed) AS of, (SELECT count(*) FROM followed WHERE id IN (
            SELECT id FROM named UNION SELECT one FROM linked UNION SELECT two FROM linked)) AS known, (SELECT count(*) FROM told) AS count,
          (SELECT count(*) FROM told WHERE any_open) AS open) AS counted
        LEFT JOIN (SELECT * FROM told ORDER BY began DESC, id DESC LIMIT %s) AS t ON TRUE
        LEFT JOIN reached AS i ON i.id = t.id ORDER BY t.began DESC, t.id DESC""",
        (*params, *reached_params, *items_params, WITHIN, WITHIN, _address("([0-9]{1,9})"),
         _address("%"), WITHIN, limit),
    )  # fmt: skip
    of, known, count, while_open = found[0][8:]
    return Recurrence(
        of, known, count, while_open, [Recurred(*row[:8]) for row in found if row[0] is not None]
    )


def _address(number: str) -> str:
    """`number` is a pattern."""
    return f"{settings.PUBLIC_URL}/incidents/{settings.REFERENCE_PREFIX}-{number}"


def _items(scope: Scope) -> tuple[str, tuple[Any, ...]]:
    """Per incident the action items that came from it, with the factor they address and until when they were open."""
    found = scope.access.action_items.order_by().values("pk")
    sql, params = found.query.sql_with_params()
    return (
        f"""SELECT coalesce(a.incident_id, of.incident_id) AS incident_id, f.factor_id, a.created_at,
          CASE a.state WHEN 'wont_do' THEN a.state_since ELSE a.done_at END AS ended_at
        FROM retros_actionitem AS a LEFT JOIN retros_retrospective_incidents AS of
          ON of.retrospective_id = a.retrospective_id LEFT JOIN retros_contributingfactor AS f ON f.id = a.factor_id
        WHERE a.id IN ({sql})""",
        params,
    )
