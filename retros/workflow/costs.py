"""What it cost, in four dimensions: numbers, words, evidence; and the users behind each service."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit import context
from events.retrospectives import RetrospectiveImpactWritten
from incidents.models import AffectedService, Service
from incidents.workflow import Conflict
from retros.models import AffectedUsers, Dimension, ImpactStatement, Retrospective
from retros.workflow.common import announce, audit, lock

FIELDS = ("text", "numbers", "evidence_text", "debt", "not_affected")
MOST_NUMBERS = 20


@transaction.atomic
def write_impact(
    *,
    retrospective: Retrospective,
    by: User,
    dimension: str,
    text: str = "",
    numbers: list[dict[str, str]] | None = None,
    evidence_text: str = "",
    debt: str = "",
    not_affected: bool = False,
    version: int | None = None,
) -> ImpactStatement:
    """What is known about one dimension. `numbers` are {"name", "value", "unit"}; Conflict as everywhere."""
    retrospective = lock(retrospective, by=by)
    if dimension not in Dimension.values:
        raise ValidationError({"dimension": "Choose one of the four."})
    statement = retrospective.impact_statements.filter(dimension=dimension).first() or ImpactStatement(
        retrospective=retrospective, dimension=dimension
    )
    if version is not None and version != statement.version:
        raise Conflict(statement, "This dimension")
    values = {
        "text": text.strip(),
        "numbers": _checked(numbers or []),
        "evidence_text": evidence_text.strip(),
        "debt": debt.strip(),
        "not_affected": not_affected,
    }
    if not_affected and (values["text"] or values["numbers"] or values["debt"]):
        raise ValidationError({"not_affected": "It also says what was affected. Keep one of the two."})
    changes = {n: [getattr(statement, n), values[n]] for n in FIELDS if getattr(statement, n) != values[n]}
    if not changes:
        return statement
    for name, value in values.items():
        setattr(statement, name, value)
    statement.version += 1
    statement.changed_by, statement.changed_at = by, context.now()
    statement.save()
    audit(retrospective, "impact.written", by, dimension=dimension, **changes)
    announce(retrospective, RetrospectiveImpactWritten(dimension=dimension), what="impact")
    return statement


def _checked(numbers: list[dict[str, str]]) -> list[dict[str, str]]:
    if len(numbers) > MOST_NUMBERS:
        raise ValidationError({"numbers": f"At most {MOST_NUMBERS} numbers."})
    kept = []
    for one in numbers:
        row = {name: str(one.get(name, "")).strip() for name in ("name", "value", "unit")}
        if not row["name"] or not row["value"]:
            raise ValidationError({"numbers": "Each number has a name and a value."})
        kept.append(row)
    return kept


@transaction.atomic
def state_users(
    *, retrospective: Retrospective, by: User, service: Service, users: int | None, share: Decimal | None
) -> None:
    """How many use a service and which share of them felt it; without either, what was stated is taken back."""
    retrospective = lock(retrospective, by=by)
    if not AffectedService.objects.filter(incident__retrospectives=retrospective, service=service).exists():
        raise ValidationError({"service": f"{service} was not affected."})
    if (users is None) != (share is None):
        raise ValidationError({"share" if share is None else "users": "Both are needed, or neither."})
    if share is not None and not 0 <= share <= 100:
        raise ValidationError({"share": "Between 0 and 100%."})
    before = AffectedUsers.objects.filter(retrospective=retrospective, service=service).first()
    if users is None or share is None:
        AffectedUsers.objects.filter(retrospective=retrospective, service=service).delete()
    else:
        AffectedUsers.objects.update_or_create(
            retrospective=retrospective, service=service, defaults={"users": users, "share": share}
        )
    said = f"{share}% of {users}" if users is not None else ""
    was = f"{before.share}% of {before.users}" if before else ""
    audit(retrospective, "impact.users_stated", by, service=service.name, users=[was, said])
    announce(retrospective, RetrospectiveImpactWritten(), what="impact")
