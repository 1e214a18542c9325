"""What a new installation starts with; everything here can be edited afterwards and then stays edited."""

from collections.abc import Callable
from functools import partial

from django.db import connection, transaction

from audit.models import AuditEntry
from audit.workflow import INSTALLATION, record_audit
from incidents.message_templates import MESSAGES
from incidents.models import (
    Cadence,
    ChecklistTemplate,
    DoneWhen,
    IncidentType,
    MessageTemplate,
    ReferenceCounter,
    Role,
    Severity,
)

LOADED = "catalogue.loaded"

# rank: criteria, acknowledge and mitigate targets in minutes, retrospective, due in business days
SEVERITIES = {
    1: ("Hardly anybody can buy or pay, or data is being lost.", 5, 60, "required", 5),
    2: ("A main function is broken for many, or slow for all.", 15, 240, "required", 5),
    3: ("A side function is broken, or a few customers are hit.", 30, 1440, "offered", 10),
    4: ("Annoying, but no customer is blocked.", 240, None, "offered", None),
    5: ("Cosmetic or internal.", 1440, None, "none", None),
}
WHEN_UNSURE = 2
PUBLIC_IF_SEEN = 3  # "30 if customers see it"
# minutes: first, investigating, fixing, mitigated; None = on change only
CADENCES: dict[int, dict[str, tuple[int | None, int | None, int | None, int | None]]] = {
    1: {
        "public": (5, 20, 20, 30),
        "stakeholders": (10, 15, 20, 30),
        "executives": (15, 30, 30, 60),
    },
    2: {
        "public": (15, 30, 30, 60),
        "stakeholders": (15, 30, 30, 60),
        "executives": (30, 60, 60, 120),
    },
    3: {
        "public": (30, 60, 60, 120),
        "stakeholders": (30, 60, 60, 120),
        "executives": (None, None, None, None),
    },
    4: {"stakeholders": (240, 1440, 1440, 1440)},
    5: {"stakeholders": (240, 1440, 1440, 1440)},
}
# slug: name, one person at a time, brief
ROLES = {
    Role.COMMANDER: (
        "Commander",
        True,
        "You decide and delegate. You do not debug. Name who does what by when. Mitigate before you look for "
        "the cause. Say the severity and the next step out loud. Hand over before you are tired.",
    ),
    Role.DEPUTY: (
        "Deputy",
        True,
        "You back the commander up: watch the clocks and the open tasks, speak up when something is forgotten, "
        "take command when asked.",
    ),
    Role.COMMUNICATIONS_LEAD: (
        "Communications lead",
        True,
        "You keep everybody outside informed, on time: what we know, what we do not know, what we are doing, "
        "when the next update comes. An update without news is still an update.",
    ),
    "scribe": (
        "Scribe",
        True,
        "You write down what happens as it happens: decisions with their reasons, times, who saw what. Mark "
        "where information is missing. Ask when something is unclear.",
    ),
    "operations_lead": (
        "Operations lead",
        True,
        "You lead the hands-on work: choose the mitigation with the commander, apply one change at a time, "
        "say what you expect before and what you saw after.",
    ),
    "liaison": (
        "Liaison",
        False,
        "You connect one group – support, a customer, a supplier, the executives – with the incident: bring "
        "their questions in and the answers back.",
    ),
}
INCIDENT_TYPES = {
    "Availability": ("Something does not answer, or answers with errors.", False),
    "Performance": ("It works, but too slowly.", False),
    "Data": ("Data is wrong, lost or late.", False),
    "Security": ("Somebody may have seen or changed what they should not.", True),
    "Third party": ("A supplier we depend on is the one that is failing.", False),
}
# key: title, kind, status, type, lowest severity, role, minutes
CHECKLISTS = {
    "take-command": ("Make sure somebody has command", "task", "investigating", None, 3, None, 5),
    "scope": ("Find out who is affected, and since when", "task", "investigating", None, None, None, 15),
    "channel": ("Open the channel and the bridge call", "task", "investigating", None, 2, "commander", 10),
    "first-update": (
        "Publish the first status update",
        "task",
        "investigating",
        None,
        2,
        "communications_lead",
        10,
    ),
    "freeze": ("Freeze deployments", "task", "investigating", None, 1, "operations_lead", 15),
    "recent-changes": (
        "Look at the changes of the last two hours",
        "task",
        "investigating",
        None,
        3,
        None,
        15,
    ),
    "preserve": (
        "Preserve logs and machine state before changing anything",
        "task",
        "investigating",
        "Security",
        None,
        None,
        15,
    ),
    "legal": (
        "Ask whether somebody must be notified by law",
        "task",
        "investigating",
        "Security",
        None,
        None,
        60,
    ),
    "stop-writes": (
        "Stop what writes wrong data, and note from when to when it wrote",
        "task",
        "investigating",
        "Data",
        None,
        None,
        15,
    ),
    "supplier-contact": (
        "Open a ticket with the supplier",
        "task",
        "investigating",
        "Third party",
        None,
        None,
        15,
    ),
    "way-back": ("Write down how to undo the fix", "task", "fixing", None, 2, "operations_lead", 15),
    "signal": ("The signal that showed it stays normal", "signal", "mitigated", None, None, None, 10),
    "test": ("The affected function works in a test", "test", "mitigated", None, None, None, None),
    "confirmed": (
        "The affected parties confirm that it works again",
        "confirmation",
        "mitigated",
        None,
        3,
        "communications_lead",
        None,
    ),
    "data-loss": ("Was any data lost or corrupted?", "data_loss", "mitigated", None, 2, None, None),
    "data-restored": (
        "Wrong or lost data is restored, and counted",
        "test",
        "mitigated",
        "Data",
        None,
        None,
        None,
    ),
    "clean-up": (
        "Take back temporary measures: freezes, flags, extra capacity",
        "task",
        "resolved",
        None,
        None,
        "operations_lead",
        None,
    ),
    "thank": (
        "Thank everybody who helped",
        "task",
        "resolved",
        None,
        2,
        "commander",
        None,
    ),
}


@transaction.atomic
def load_built_in_catalogue() -> list[str]:
    """Create what this installation never had, and return the keys created, e.g. `severity:1`.

    What was edited or deleted since stays so: the audit trail remembers every key ever loaded.
    """
    with connection.cursor() as cursor:  # two processes starting at once load one after the other
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('catalogue', 0))")
    ReferenceCounter.objects.get_or_create(pk=1)
    loaded = {
        key
        for changes in AuditEntry.objects.filter(chain=INSTALLATION, action=LOADED).values_list(
            "changes", flat=True
        )
        for key in changes["created"]
    }
    created = [key for key, create in _entries().items() if key not in loaded and create()]
    if created:
        record_audit(
            chain=INSTALLATION, action=LOADED, subject="catalogue", by=None, changes={"created": created}
        )
    return created


def _entries() -> dict[str, Callable[[], object]]:
    """Every built-in line under its key, in the order they need each other."""
    entries: dict[str, Callable[[], object]] = {}
    for rank in SEVERITIES:
        entries[f"severity:{rank}"] = partial(_create_severity, rank)
    for order, slug in enumerate(ROLES, 1):
        entries[f"role:{slug}"] = partial(_create_role, slug, order * 10)
    for name in INCIDENT_TYPES:
        entries[f"type:{name}"] = partial(_create_type, name)
    for order, key in enumerate(CHECKLISTS, 1):
        entries[f"checklist:{key}"] = partial(_create_checklist, key, order * 10)
    for stage, audience in MESSAGES:
        entries[f"message:{stage}:{audience}"] = partial(_create_message, stage, audience)
    return entries


def _create_severity(rank: int) -> bool:
    criteria, acknowledge, mitigate, retrospective, due_days = SEVERITIES[rank]
    severity, is_new = Severity.objects.get_or_create(
        rank=rank,
        defaults={
            "name": f"SEV{rank}",
            "criteria": criteria,
            "acknowledge_minutes": acknowledge,
            "mitigate_minutes": mitigate,
            "retrospective": retrospective,
            "retrospective_due_days": due_days,
            "when_unsure": rank == WHEN_UNSURE,
            "public_if_seen": rank == PUBLIC_IF_SEEN,
        },
    )
    if is_new:
        for audience, (first, investigating, fixing, mitigated) in CADENCES[rank].items():
            Cadence.objects.create(
                severity=severity,
                audience=audience,
                first_minutes=first,
                investigating_minutes=investigating,
                fixing_minutes=fixing,
                mitigated_minutes=mitigated,
            )
    return is_new


def _create_role(slug: str, order: int) -> bool:
    name, is_single, brief = ROLES[slug]
    return Role.objects.get_or_create(
        slug=slug,
        defaults={
            "name": name,
            "brief": brief,
            "order": order,
            "is_single": is_single,
            "is_built_in": True,
        },
    )[1]


def _create_type(name: str) -> bool:
    description, is_private = INCIDENT_TYPES[name]
    return IncidentType.objects.get_or_create(
        name=name, defaults={"description": description, "is_private_by_default": is_private}
    )[1]


DONE_WHEN = {"take-command": DoneWhen.COMMAND, "first-update": DoneWhen.UPDATE}


def _create_checklist(key: str, order: int) -> bool:
    title, kind, status, type_name, rank, role, minutes = CHECKLISTS[key]
    incident_type = IncidentType.objects.filter(name=type_name).first()
    if type_name and incident_type is None:
        return False  # the installation has deleted or renamed the type this line belongs to
    ChecklistTemplate.objects.create(
        title=title,
        kind=kind,
        status=status,
        incident_type=incident_type,
        lowest_severity=Severity.objects.filter(rank=rank).first() if rank else None,
        role=Role.objects.filter(slug=role).first(),
        minutes=minutes,
        done_when=DONE_WHEN.get(key, ""),
        order=order,
    )
    return True


def _create_message(stage: str, audience: str) -> bool:
    return MessageTemplate.objects.get_or_create(
        stage=stage, audience=audience, defaults=MESSAGES[stage, audience]
    )[1]
