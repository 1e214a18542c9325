"""What single fields cannot show: references to nobody, unknown severities, times in the wrong order."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from incidents.models import MILESTONES, Severity
from incidents.workflow.transitions import ORDERED_MILESTONES
from replay.file_reader import MILESTONE_KEYS, Refused, instant

Problem = tuple[str, str]


def refuse_contradictions(day: dict[str, Any]) -> None:
    """Raise Refused with every contradiction of the day, each under its path."""
    problems = [
        *_unknown_references(day),
        *_repeated_keys(day),
        *_unknown_severities(day),
        *_milestones_out_of_order(day),
        *_intervals_backwards(day),
        *_lists_out_of_order(day),
    ]
    if problems:
        raise Refused(problems)


def _unknown_references(day: dict[str, Any]) -> Iterator[Problem]:
    services = {entry["slug"] for entry in day["catalogue"]["services"]}
    people = {entry["key"] for entry in day["catalogue"]["people"]}
    named: list[tuple[str, str, set[str]]] = []
    for i, entry in enumerate(day["catalogue"]["services"]):
        for j, slug in enumerate(entry["depends_on"] or []):
            named.append((f"catalogue.services[{i}].depends_on[{j}]", slug, services))
    for section in ("changes", "alerts"):
        named += [(f"{section}[{i}].service", e["service"], services) for i, e in enumerate(day[section])]
    for i, window in enumerate(day["impact"]["windows"]):
        named.append((f"impact.windows[{i}].service", window["service"], services))
        for j, slug in enumerate(window["services"] or []):
            named.append((f"impact.windows[{i}].services[{j}]", slug, services))
    named += [(f"roles[{i}].person", entry["person"], people) for i, entry in enumerate(day["roles"])]
    retrospective = day["retrospective"]
    named.append(("retrospective.facilitator_person", retrospective.get("facilitator_person") or "", people))
    for i, key in enumerate(retrospective.get("participants") or []):
        named.append((f"retrospective.participants[{i}]", key, people))
    for path, key, known in named:
        if key and key not in known:
            kind = "people" if known is people else "services"
            yield path, f"“{key}” is not in catalogue.{kind}."


def _repeated_keys(day: dict[str, Any]) -> Iterator[Problem]:
    for section, name in (("services", "slug"), ("people", "key")):
        seen: set[str] = set()
        for i, entry in enumerate(day["catalogue"][section]):
            if entry[name] in seen:
                yield f"catalogue.{section}[{i}].{name}", f"“{entry[name]}” is there twice."
            seen.add(entry[name])


def _unknown_severities(day: dict[str, Any]) -> Iterator[Problem]:
    names = set(Severity.objects.values_list("name", flat=True))
    for i, step in enumerate(day["severity"]):
        if step["value"] not in names:
            yield f"severity[{i}].value", f"“{step['value']}” is none of {', '.join(sorted(names))}."


def _milestones_out_of_order(day: dict[str, Any]) -> Iterator[Problem]:
    """The same pairs the verbs keep, so that what passes here passes there."""
    keys = {milestone: key for key, milestone in MILESTONE_KEYS.items()}
    for earlier, later in ORDERED_MILESTONES:
        if earlier not in keys or later not in keys:
            continue
        first, second = instant(day, keys[earlier]), instant(day, keys[later])
        if first and second and first > second:
            yield (
                f"timestamps.{keys[later]}.at",
                f"{MILESTONES[later]} ({second:%Y-%m-%d %H:%M:%S} UTC) is before "
                f"{MILESTONES[earlier].lower()} ({first:%Y-%m-%d %H:%M:%S} UTC).",
            )


def _intervals_backwards(day: dict[str, Any]) -> Iterator[Problem]:
    pairs = [
        ("roles", day["roles"], "from", "to"),
        ("hypotheses", day["hypotheses"], "raised_at", "settled_at"),
        ("mitigation_options", day["mitigation_options"], "proposed_at", "executed_at"),
        ("impact.windows", day["impact"]["windows"], "from", "to"),
    ]
    for section, entries, begins, ends in pairs:
        for i, entry in enumerate(entries):
            first, second = entry[begins], entry[ends]
            if first and second and first > second:
                yield f"{section}[{i}].{ends}", f"This is before {begins} ({first:%Y-%m-%d %H:%M:%S} UTC)."


def _lists_out_of_order(day: dict[str, Any]) -> Iterator[Problem]:
    """Lists that are told in the order of their times; the same second twice is in order."""
    for section in ("severity", "timeline", "status_updates"):
        timed = [(i, entry["at"]) for i, entry in enumerate(day[section]) if entry["at"]]
        for (_, before), (i, moment) in pairwise(timed):
            if moment < before:
                yield (
                    f"{section}[{i}].at",
                    f"This is before the entry above it ({before:%Y-%m-%d %H:%M:%S} UTC).",
                )
    numbered = [(i, entry["seq"]) for i, entry in enumerate(day["timeline"]) if entry["seq"] is not None]
    for (_, before), (i, number) in pairwise(numbered):
        if number <= before:
            yield f"timeline[{i}].seq", f"{number} follows {before}."
