"""What each side changed since both were last the same, field by field. Plain values only."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from trackers.face import Field
from trackers.translating import Tables


@dataclass(frozen=True)
class BothChanged:
    """Both sides changed a field, into different values."""

    name: Field
    ours: str
    theirs: str


@dataclass
class Plan:
    """`take`: what is set here. `give`: the raw values that are set there. `same`: what both sides agree on.

    What has no counterpart on the other side is in none of them: it is left alone on both.
    """

    take: dict[Field, str] = field(default_factory=dict)
    give: dict[Field, str] = field(default_factory=dict)
    given: dict[Field, str] = field(default_factory=dict)
    both_changed: list[BothChanged] = field(default_factory=list)
    same: dict[Field, str] = field(default_factory=dict)

    def give_ours(self, name: Field, value: str, tables: Tables) -> None:
        raw = tables.write(name, value)
        if raw is not None:
            self.give[name], self.given[name] = raw, value


def compare(
    *,
    base: Mapping[str, str],
    ours: Mapping[Field, str],
    theirs: Mapping[Field, str],
    fields: Collection[Field],
    tables: Tables,
    not_taken: Mapping[str, str] | None = None,
    not_taken_here: Mapping[str, str] | None = None,
) -> Plan:
    """`base` is what both agreed on last, `ours` what is here, `theirs` the raw values there.

    What only one side changed goes to the other. What both changed is a conflict, for the caller to decide. `not_taken`
    is what the tracker refused before, `not_taken_here` what could not be set here: neither is tried again until it
    changes.
    """
    plan, refused, refused_here = Plan(), not_taken or {}, not_taken_here or {}
    for name in fields:
        mine = ours[name]
        read = tables.read(name, theirs.get(name, ""), mine)
        if read is None:
            continue
        if read == mine:
            plan.same[name] = mine
        elif mine == base.get(name):
            if refused_here.get(name) != read:
                plan.take[name] = read
        elif tables.read(name, theirs.get(name, ""), base.get(name, read)) == base.get(name):
            # There it is as it was: what stands for two values here may still be the one that both had.
            if refused.get(name) != mine:
                plan.give_ours(name, mine, tables)
        else:
            plan.both_changed.append(BothChanged(name, mine, read))
    return plan
