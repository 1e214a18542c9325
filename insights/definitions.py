"""What is measured, in one place: the name, the formula as it is printed, and the SQL it is computed by.

Letters: I introduced, S impact started, D detected, C declared, A acknowledged, M mitigated, E impact ended,
R resolved (last), X closed. A missing time is never imputed and never zero: the incident leaves that metric.
"""

from dataclasses import dataclass
from typing import Protocol

from incidents.models import ACTIVE_STATUSES, OPEN_STATUSES, Status

HURTING = (Status.INVESTIGATING, Status.FIXING)


class Metric(Protocol):
    """SQL over a row `c` of the cohort, its column `horizon`, and what `join` adds to it.

    `seconds` is a complete observation, `lasted` also one that still runs at the horizon, `is_over` tells them
    apart; `applies` says whether the incident could have the metric at all.
    """

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def formula(self) -> str: ...
    @property
    def join(self) -> str: ...
    @property
    def applies(self) -> str: ...
    @property
    def seconds(self) -> str: ...
    @property
    def lasted(self) -> str: ...
    @property
    def is_over(self) -> str: ...


def _in(statuses: tuple[str, ...]) -> str:
    return "c.status IN (" + ", ".join(f"'{s}'" for s in map(str, statuses)) + ")" if statuses else "FALSE"


@dataclass(frozen=True)
class Between:
    """From one milestone to another; `running_in` are the statuses in which the second is still to come."""

    key: str
    label: str
    formula: str
    begins: str
    ends: str
    running_in: tuple[str, ...] = ()
    applies: str = "TRUE"
    join: str = ""

    @property
    def seconds(self) -> str:
        return f"date_part('epoch', {self.ends} - {self.begins})::float8"

    @property
    def is_over(self) -> str:
        return f"coalesce({self.ends} <= c.horizon, FALSE)"

    @property
    def lasted(self) -> str:
        return (
            f"CASE WHEN {self.begins} > c.horizon THEN NULL WHEN {self.ends} <= c.horizon THEN {self.seconds} "
            f"WHEN {self.ends} IS NOT NULL OR {_in(self.running_in)} "
            f"THEN date_part('epoch', c.horizon - {self.begins})::float8 END"
        )


@dataclass(frozen=True)
class Sum:
    """Added up from what belongs to the incident; so far, while it is active."""

    key: str
    label: str
    formula: str
    lasted: str
    join: str
    applies: str = "TRUE"
    is_over: str = f"NOT {_in(ACTIVE_STATUSES)}"

    @property
    def seconds(self) -> str:
        return f"CASE WHEN {self.is_over} THEN {self.lasted} END"


STAYS = """LEFT JOIN LATERAL (
  SELECT sum(s) FILTER (WHERE status = 'triage') AS triage, sum(s) FILTER (WHERE status = 'fixing') AS fixing,
    sum(s) FILTER (WHERE status = 'investigating') AS investigating,
    sum(s) FILTER (WHERE status = 'mitigated') AS mitigated
  FROM (SELECT status, date_part('epoch', coalesce(ended_at, c.now) - started_at)::float8 AS s
    FROM incidents_statusperiod WHERE incident_id = c.id) AS stay
) AS stays ON TRUE"""

IMPACT = """LEFT JOIN LATERAL (
  SELECT sum(date_part('epoch', upper(one) - lower(one)))::float8 AS seconds FROM unnest((
    SELECT range_agg(tstzrange(started_at, coalesce(ended_at, c.now)))
    FROM incidents_affectedservice WHERE incident_id = c.id AND started_at <= coalesce(ended_at, c.now)
  )) AS one
) AS impact ON TRUE"""

RESPONDERS = """LEFT JOIN LATERAL (
  SELECT sum(worked_seconds) AS seconds FROM incidents_participation WHERE incident_id = c.id
) AS responders ON TRUE"""

# What a retrospective of its own says goes before what one that covers several says.
STATED = """SELECT DISTINCT ON (of.incident_id, u.service_id) of.incident_id, u.service_id, asked.now,
    (u.users * u.share / 100)::float8 AS people, (u.share / 100)::float8 AS share
  FROM retros_affectedusers AS u JOIN readable USING (retrospective_id)
  JOIN retros_retrospective_incidents AS of USING (retrospective_id) JOIN cohort AS asked ON asked.id = of.incident_id
  ORDER BY of.incident_id, u.service_id, coalesce(readable.incident_id = of.incident_id, FALSE) DESC, u.id DESC"""
# Each time a service was affected, of the incidents of which `stated` says something; `people` only where it does.
HIT = """SELECT a.incident_id, a.service_id, stated.people, stated.share,
    greatest(date_part('epoch', coalesce(a.ended_at, told.now) - a.started_at), 0) AS seconds
  FROM (SELECT DISTINCT incident_id, now FROM stated) AS told JOIN incidents_affectedservice AS a USING (incident_id)
  LEFT JOIN stated USING (incident_id, service_id)"""
USERS_OF_EACH = """SELECT incident_id, CASE WHEN count(people) = count(*) THEN sum(seconds * people)::float8 END AS seconds,
    CASE WHEN count(people) = count(*) THEN max(share) END AS share FROM hit GROUP BY incident_id"""
USERS = f"""LEFT JOIN (WITH stated AS ({STATED}), hit AS ({HIT}) {USERS_OF_EACH}
) AS users ON users.incident_id = c.id"""


def owed(of: str = "", columns: str = "") -> str:
    """SQL: each update that was or is due of an incident `c`: (audience, since_at, due_at, ended_at).

    `of`, such as “cohort AS c,”, asks for all of its incidents together; `columns` are told with each.
    """
    return f"""
  SELECT {columns} d.audience, d.since_at, d.due_at, d.ended_at FROM {of} incidents_duetime AS d
  WHERE d.incident_id = c.id AND NOT EXISTS (
    SELECT 1 FROM incidents_statusupdate AS u WHERE u.id = d.update_id AND u.state <> 'posted')
  UNION ALL
  SELECT {columns} s.audience, coalesce(s.told_at, s.since_at, s.due_at), s.due_at, c.now
  FROM {of} incidents_updateschedule AS s
  WHERE s.incident_id = c.id AND s.due_at IS NOT NULL AND c.status IN ('investigating', 'fixing', 'mitigated')
"""


OWED = owed()

OVERDUE = f"""LEFT JOIN LATERAL (
  SELECT sum(greatest(date_part('epoch', ended_at - due_at), 0))::float8 AS seconds FROM ({OWED}) AS owed
) AS overdue ON TRUE"""

SILENCE = f"""LEFT JOIN LATERAL (
  WITH asked AS MATERIALIZED (SELECT DISTINCT audience FROM ({OWED}) AS owed)
  SELECT max(date_part('epoch', gap))::float8 AS seconds FROM (
    SELECT at - lag(at) OVER (PARTITION BY audience ORDER BY at) AS gap FROM (
      SELECT audience, c.told_from AS at FROM asked
      UNION ALL
      SELECT a.audience, u.posted_at FROM asked AS a JOIN incidents_statusupdate AS u ON u.incident_id = c.id AND u.state = 'posted'
        AND a.audience = ANY(u.audiences) AND u.posted_at > c.told_from AND u.posted_at <= c.told_until
      UNION ALL
      SELECT a.audience, coalesce((SELECT min(posted_at) FROM incidents_statusupdate AS u
        WHERE u.incident_id = c.id AND u.state = 'posted' AND a.audience = ANY(u.audiences)
          AND u.posted_at > c.told_until), c.told_until)
      FROM asked AS a
    ) AS word
  ) AS silent
) AS silence ON TRUE"""

DEPLOYED = """LEFT JOIN LATERAL (
  SELECT max(change.at) AS at FROM incidents_changeevent AS change
  JOIN incidents_changeevent_suspected_in AS suspected ON suspected.changeevent_id = change.id
  WHERE suspected.incident_id = c.id AND change.at <= c.began
) AS deployed ON TRUE"""

TIMES = [
    Between(
        "time_to_resolve", "Time to resolve (MTTR)", "resolved − impact start (R − S)",
        "c.impact_started_at", "c.resolved_at", ACTIVE_STATUSES,
    ),
    Between(
        "time_to_mitigate", "Time to mitigate (TTM)", "mitigated − impact start (M − S)",
        "c.impact_started_at", "c.mitigated_at", HURTING,
    ),
    Between(
        "time_to_detect", "Time to detect (TTD, TTO)", "detected − impact start (D − S)",
        "c.impact_started_at", "c.detected_at",
    ),
    Between(
        "time_to_declare", "Time to declare",
        "declared − detected (C − D), without those declared after they were mitigated",
        "c.detected_at", "c.declared_at", applies="NOT coalesce(c.declared_at > c.mitigated_at, FALSE)",
    ),
    Between(
        "time_to_acknowledge", "Time to acknowledge (TTA)", "acknowledged − detected (A − D)",
        "c.detected_at", "c.acknowledged_at", ACTIVE_STATUSES,
    ),
    Between(
        "time_to_repair", "Time to repair", "impact ended, else mitigated − detected (E, else M, − D)",
        "c.detected_at", "coalesce(c.impact_ended_at, c.mitigated_at)", ACTIVE_STATUSES,
    ),
    Between(
        "time_to_close", "Time to close", "closed − impact start (X − S)",
        "c.impact_started_at", "c.closed_at", OPEN_STATUSES,
    ),
    Between(
        "latent_time", "Latent time", "impact start − introduced (S − I)",
        "c.introduced_at", "c.impact_started_at",
    ),
    Between(
        "dora_recovery", "Recovery after a deployment (DORA)",
        "mitigated, else resolved − the suspected change (M, else R, − deployed), only if a change is suspected",
        "deployed.at", "coalesce(c.mitigated_at, c.resolved_at)", HURTING,
        applies="deployed.at IS NOT NULL", join=DEPLOYED,
    ),
]  # fmt: skip
STATUS_TIMES = [
    Sum(f"time_{status.label.lower()}", f"Time in “{status.label.lower()}”",
        "the sum of its stays in that status, re-entries added", f"stays.{status}", STAYS)
    for status in (Status.TRIAGE, Status.INVESTIGATING, Status.FIXING, Status.MITIGATED)
]  # fmt: skip
SUMS = [
    *STATUS_TIMES,
    Sum(
        "impact_time", "Impact time", "length of the union of the intervals in which a service was affected",
        "impact.seconds", IMPACT,
    ),
    Sum(
        "user_time", "User time",
        "Σ share × users × time affected, over the services, only if the users and the share of every affected "
        "service are stated", "users.seconds", USERS,
    ),
    Sum(
        "responder_time", "Responder time",
        "per person the union of joined to left and stretches of activity (gaps to 30 min merged, each at least "
        "5 min), all people added", "responders.seconds", RESPONDERS,
    ),
    Sum("overdue_time", "Overdue time", "time an update was overdue, all audiences added", "overdue.seconds", OVERDUE),
    Sum(
        "longest_silence", "Longest silence", "longest time without an update to an audience that had one due",
        "silence.seconds", SILENCE,
    ),
]  # fmt: skip
METRICS: list[Metric] = [*TIMES, *SUMS]
BY_KEY: dict[str, Metric] = {metric.key: metric for metric in METRICS}


def short_name(metric: Metric) -> str:
    """“Time to resolve”, without its abbreviation."""
    return metric.label.split(" (")[0]


HEADLINES = ("time_to_resolve", "time_to_mitigate", "time_to_repair", "time_to_detect", "time_to_acknowledge")
NOTES = {
    "cohort": "Incidents by impact start in the period, else by declaration. Drills, suspected, declined and merged "
    "ones are left out.",
    "count": "Complete observations: both times are known.",
    "coverage": "Share of the incidents that have what the metric needs, those still running included.",
    "mean, median, p90": "Over complete observations, with linear quantiles.",
    "km_median, km_p90": "First time at which the Kaplan–Meier curve is at or under 0.5 and 0.1. What still runs is "
    "right-censored at the end of the period, at the latest now. Null if the curve never gets there.",
    "cadence_compliance": "Updates published by their due time (grace: 2 min or 10% of the wait, whichever is "
    "longer) ÷ updates due.",
    "actions_on_time_share": "Action items done by their due day ÷ due in the period. Open and overdue counts as late, given "
    "up is not counted.",
    "time_to_complete": "Action items added in the period, done − added. Items given up or open are right-censored.",
    "recurrence": "Incidents followed within 90 days by one with the same confirmed factor, or linked to it, ÷ incidents "
    "that began at least 90 days ago. Null if none of those has a confirmed factor or a link.",
    "recurred_while_action_open": "Those of them that first recurred while an action item of the earlier incident was "
    "open. Action items that address another factor are not counted.",
    "user_minutes": "Σ share × users × minutes affected, over the services, only if every affected service has them.",
    "cost": "Σ hours × rate of the role + minutes of impact × greatest share × revenue a minute + credits, by the stated "
    "assumptions. Null until they are stated.",
}


def definitions() -> dict[str, str]:
    return {metric.key: f"{metric.label} = {metric.formula}" for metric in METRICS} | NOTES
