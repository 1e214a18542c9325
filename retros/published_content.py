"""What a retrospective says as a whole: as data, as Markdown, and as words to search."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.contrib.postgres.search import SearchVector
from django.db.models import Prefetch, Sum, Value

from core.text import in_words
from incidents.models import MILESTONES, Incident
from retros.models import (
    ContributingFactor,
    Dimension,
    LearningKind,
    Retrospective,
    Section,
    TimelineEntry,
)
from timeline.models import phase_before

FORMAT = "allclear.retrospective/1"
MEASURED = (  # from, to, in words
    ("introduced_at", "impact_started_at", "Latent before impact"),
    ("impact_started_at", "detected_at", "TTO (time to detection)"),
    ("detected_at", "acknowledged_at", "TTA (time to acknowledge)"),
    ("impact_started_at", "mitigated_at", "TTM (time to mitigate)"),
    ("impact_started_at", "resolved_at", "MTTR (time to resolve)"),
)


def content_of(retrospective: Retrospective) -> dict[str, Any]:
    """Everything it says, for keeping and for other tools. No ballots, no authors of learnings."""
    services = list(
        retrospective.incidents.filter(affected_services__service__isnull=False)
        .values_list("affected_services__service__name", flat=True)
        .distinct()
        .order_by("affected_services__service__name")
    )
    return {
        "format": FORMAT,
        "title": retrospective.title,
        "subject": retrospective.get_subject_display(),
        "period": [_iso(retrospective.period_from), _iso(retrospective.period_to)],
        "scope": retrospective.scope,
        "objectives": retrospective.objectives,
        "incidents": [_incident(i) for i in retrospective.incidents.select_related("severity")],
        "services": services,
        "people": {
            "owner": str(retrospective.owner or ""),
            "facilitator": str(retrospective.facilitator or ""),
            "note_taker": str(retrospective.note_taker or ""),
            "participants": _others_taking_part(retrospective),
        },
        "session": {
            "started_at": _iso(retrospective.session_started_at),
            "ended_at": _iso(retrospective.session_ended_at),
        },
        "narrative": _narrative(retrospective),
        "impact": _impact(retrospective),
        "timeline": [_entry(e) for e in _entries(retrospective)],
        "factors": _factors(retrospective),
        "columns": [column.name for column in retrospective.columns_shown],
        "learnings": _learnings(retrospective),
        "actions": _actions(retrospective),
        "waived": [
            {"check": w.check_name, "reason": w.reason, "by": str(w.by)}
            for w in retrospective.waivers.select_related("by")
        ],
    }


def search_of(content: dict[str, Any]) -> Any:
    """The words by weight: title, then factors and scope, then the rest."""
    first = [content["title"], *(i["reference"] for i in content["incidents"])]
    second = [content["scope"], content["objectives"], *content["services"]]
    second += [f["text"] for f in content["factors"]]
    third = (
        [s["text"] for s in content["narrative"]]
        + [e["text"] for e in content["timeline"]]
        + [one["text"] for one in content["learnings"]]
    )
    third += [a["title"] for a in content["actions"]] + [i["text"] for i in content["impact"]]
    weighed = zip((first, second, third), "ABC", strict=True)
    vectors = [
        SearchVector(Value(" ".join(words)[:200_000]), weight=weight, config="english")
        for words, weight in weighed
    ]
    return vectors[0] + vectors[1] + vectors[2]


def markdown_of(content: dict[str, Any]) -> str:
    """The same as a text to read; what people typed stands as they typed it, titles and rows escaped."""
    parts = [f"# {_flat(content['title'])}", _facts(content)]
    parts += [content["scope"], _listed("What we wanted to know", content["objectives"].splitlines())]
    for section in content["narrative"]:
        parts += [f"## {section['title']}", section["text"]]
    parts += _impact_lines(content) + _timeline_lines(content) + _cause_lines(content)
    parts += _learning_lines(content) + _action_lines(content)
    return "\n\n".join(part.strip() for part in parts if part and part.strip()) + "\n"


# -- the parts as data --------------------------------------------------------------------------------------


def _incident(incident: Incident) -> dict[str, Any]:
    spans = [
        {"name": name, "seconds": int((end - start).total_seconds())}
        for first, last, name in MEASURED
        if (start := getattr(incident, first)) and (end := getattr(incident, last)) and end >= start
    ]
    return {
        "reference": incident.reference,
        "title": incident.title,
        "severity": incident.severity.name,
        "milestones": [
            {"name": name, "at": _iso(at)}
            for field, name in MILESTONES.items()
            if (at := getattr(incident, field))
        ],
        "measures": spans,
    }


def _narrative(retrospective: Retrospective) -> list[dict[str, str]]:
    written = dict(retrospective.documents.values_list("section", "text"))
    return [
        {"section": str(section), "title": str(section.label), "text": written[section]}
        for section in Section
        if written.get(section, "").strip()
    ]


def _impact(retrospective: Retrospective) -> list[dict[str, Any]]:
    stated = {s.dimension: s for s in retrospective.impact_statements.all()}
    return [
        {
            "dimension": str(dimension.label),
            "text": s.text,
            "numbers": s.numbers,
            "evidence": s.evidence_text,
            "debt": s.debt,
            "not_affected": s.not_affected,
        }
        for dimension in Dimension
        if (s := stated.get(dimension)) and (s.text or s.numbers or s.debt or s.not_affected)
    ]


def _entries(retrospective: Retrospective) -> Any:
    merged = TimelineEntry.objects.filter(removed_at__isnull=True).in_order().select_related("actor")
    rows = retrospective.entries.standing().in_order().select_related("actor", "service")
    return rows.prefetch_related(Prefetch("merged", merged))


def _entry(entry: Any) -> dict[str, Any]:
    return {
        "id": entry.pk,
        "at": _iso(entry.occurred_at),
        "ended_at": _iso(entry.ended_at),
        "known_at": _iso(entry.known_at),
        "precision_seconds": entry.precision_seconds,
        "kind": entry.get_kind_display(),
        "phase": entry.get_phase_display() if entry.phase else "",
        "gap": entry.get_gap_display() if entry.gap else "",
        "who": str(entry.actor or entry.system or ""),
        "service": str(entry.service or ""),
        "text": entry.text,
        "detail": entry.detail,
        "is_recollection": entry.is_recollection,
        "sources": [
            {"at": _iso(one.occurred_at), "who": str(one.actor or one.system or one.source), "text": one.text}
            for one in entry.merged.all()
        ],
    }


def _factors(retrospective: Retrospective) -> list[dict[str, Any]]:
    """Depth first, as the tree is read; a node whose parent is gone stands at the root."""
    nodes = list(retrospective.factors.all())
    known = {node.pk for node in nodes}
    below: dict[int | None, list[ContributingFactor]] = {}
    for node in nodes:
        below.setdefault(node.parent_id if node.parent_id in known else None, []).append(node)
    found: list[dict[str, Any]] = []
    waiting = [(node, 0) for node in reversed(below.get(None, []))]
    while waiting:
        node, depth = waiting.pop()
        found.append(
            {
                "id": node.pk,
                "parent": node.parent_id,
                "depth": depth,
                "text": node.text,
                "question": node.question,
                "explanation": node.explanation,
                "category": node.category,
                "level": str(node.get_level_display()),
                "is_confirmed": node.is_confirmed,
                "evidence": node.evidence_text,
                "factor": node.factor_id,
            }
        )
        waiting += [(child, depth + 1) for child in reversed(below.get(node.pk, []))]
    return found


def _learnings(retrospective: Retrospective) -> list[dict[str, Any]]:
    """Only once they are revealed: until then each is its author's own."""
    if retrospective.learnings_revealed_at is None:
        return []
    rows = (
        retrospective.learnings.select_related("group")
        .annotate(dots=Sum("votes__dots"))
        .order_by("order", "pk")
    )
    return [
        {
            "kind": retrospective.column_of(row.kind).name,
            "text": row.text,
            "group": row.group.name if row.group else "",
            "dots": (row.dots or 0) if retrospective.shows_dots else 0,
        }
        for row in rows
    ]


def _actions(retrospective: Retrospective) -> list[dict[str, Any]]:
    return [
        {
            "reference": action.reference,
            "title": action.title,
            "description": action.description,
            "category": str(action.get_category_display()),
            "priority": action.priority,
            "owner": str(action.owner or ""),
            "team": str(action.team or ""),
            "due_on": _iso(action.due_on),
            "state": str(action.get_state_display()),
            "verification": action.verification,
            "factor": action.factor.text if action.factor else "",
        }
        for action in retrospective.action_items.select_related("owner", "team", "factor").order_by(
            "order", "pk"
        )
    ]


def _iso(value: datetime | date | None) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return value.isoformat() if value else ""


# -- the parts as Markdown ----------------------------------------------------------------------------------


def _flat(text: str) -> str:
    """One line that renders as the text itself (CommonMark backslash escapes)."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>#|" else c for c in " ".join(text.split()))


def _others_taking_part(retrospective: Retrospective) -> list[str]:
    """The participants without those who hold a responsibility, who are named with it."""
    named = (retrospective.owner_id, retrospective.facilitator_id, retrospective.note_taker_id)
    others = retrospective.participants.exclude(user__in=[pk for pk in named if pk])
    return [str(one.user) for one in others.select_related("user")]


def people_of(content: dict[str, Any]) -> list[tuple[str, str]]:
    """(name, responsibilities) of everyone who took part, each once; no responsibilities for participants."""
    people = content["people"]
    found: dict[str, list[str]] = {}
    for key, word in (("owner", "owner"), ("facilitator", "facilitator"), ("note_taker", "notes")):
        if people[key]:
            found.setdefault(people[key], []).append(word)
    for name in people["participants"]:
        found.setdefault(name, [])
    return [(name, ", ".join(words)) for name, words in found.items()]


def learnings_by_column(content: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """(column, its learnings) in the order of the format; a version from before formats has the five kinds."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name in content.get("columns") or LearningKind.labels:
        found[str(name)] = []
    for one in content["learnings"]:
        found.setdefault(one["kind"], []).append(one)
    return [(name, rows) for name, rows in found.items() if rows]


def _facts(content: dict[str, Any]) -> str:
    rows: list[str] = []
    for incident in content["incidents"]:
        rows.append(f"{incident['reference']} ({incident['severity']}): {_flat(incident['title'])}")
        rows += [f"{m['name']}: {in_words(timedelta(seconds=m['seconds']))}" for m in incident["measures"]]
    if any(content["period"]):
        rows.append(f"From {content['period'][0] or '…'} to {content['period'][1] or '…'}")
    if people := people_of(content):
        named = [f"{_flat(name)} ({words})" if words else _flat(name) for name, words in people]
        rows.append("Who took part: " + ", ".join(named))
    return "\n".join(f"- {row}" for row in rows)


def _listed(title: str, lines: list[str]) -> str:
    said = [line.strip().removeprefix("-").strip() for line in lines if line.strip()]
    return f"**{title}**\n\n" + "\n".join(f"- {_flat(line)}" for line in said) if said else ""


def _impact_lines(content: dict[str, Any]) -> list[str]:
    parts = ["## Impact"] if content["impact"] else []
    for stated in content["impact"]:
        parts.append(f"### {stated['dimension']}")
        parts.append("Looked at, and not affected." if stated["not_affected"] else stated["text"])
        numbers = [
            f"- {_flat(str(n.get('name', '')))}: {_flat(str(n.get('value', '')))} {_flat(str(n.get('unit', '')))}".rstrip()
            for n in stated["numbers"]
        ]
        parts.append("\n".join(numbers))
        if stated["debt"]:
            parts.append(f"Technical debt incurred: {stated['debt']}")
        if stated["evidence"]:
            parts.append(f"Evidence: {stated['evidence']}")
    return parts


def _timeline_lines(content: dict[str, Any]) -> list[str]:
    rows, day = [], ""
    for entry in content["timeline"]:
        if entry["at"][:10] != day:
            day = entry["at"][:10]
            rows.append(f"\n### {day}\n")
        marks = [
            phase_before(entry["phase"], entry["text"]),
            entry["gap"],
            "a recollection" if entry["is_recollection"] else "",
        ]
        said = "".join(f" *({mark.lower()})*" for mark in marks if mark)
        who = f"{_flat(entry['who'])}: " if entry["who"] else ""
        rows.append(f"- **{entry['at'][11:16]}** {who}{_flat(entry['text'])}{said}")
        rows += [f"  {_flat(line)}" for line in entry["detail"].splitlines() if line.strip()]
        for one in entry.get("sources", ()):
            rows.append(f"  Also: {_flat(': '.join(filter(None, (one['who'], one['text']))))}")
    return ["## Timeline", "Times in UTC.", "\n".join(rows)] if rows else []


def _cause_lines(content: dict[str, Any]) -> list[str]:
    rows = []
    for node in content["factors"]:
        indent = "  " * node["depth"]
        words = [
            node["category"],
            node["level"].lower(),
            "supported by evidence" if node["is_confirmed"] else "",
        ]
        rows.append(f"{indent}- {_flat(node['text'])} *({', '.join(filter(None, words))})*")
        rows += [
            f"{indent}  {_flat(part)}"
            for part in (node.get("question", ""), node["explanation"], node["evidence"])
            if part.strip()
        ]
    return ["## Causes", "\n".join(rows)] if rows else []


def _learning_lines(content: dict[str, Any]) -> list[str]:
    parts = ["## Learnings"] if content["learnings"] else []
    for name, rows in learnings_by_column(content):
        parts += [f"### {_flat(name)}", "\n".join(f"- {_flat(one['text'])}" for one in rows)]
    return parts


def _action_lines(content: dict[str, Any]) -> list[str]:
    rows = [
        f"| {a['reference']} | {_flat(a['title'])} | {_flat(a['owner'] or a['team'])} | {a['due_on']} | {a['state']} |"
        for a in content["actions"]
    ]
    head = "| | Action item | Owner | Due | State |\n|---|---|---|---|---|"
    checks = [
        f"- {a['reference']}, how we will know: {_flat(a['verification'])}"
        for a in content["actions"]
        if a["verification"].strip()
    ]
    return ["## Action items", "\n".join([head, *rows]), "\n".join(checks)] if rows else []
