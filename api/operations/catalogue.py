"""What an installation sets up once: services, severities, roles, types, checklists, links, words of updates."""

from collections.abc import Callable
from typing import Any

from django.db import models
from rest_framework import serializers

from accounts.models import Team
from api.fields import ByKey, body, choice, flag, named, optional_text, text
from api.parts import number
from api.registry import Call, item, listing, part, verb
from api.shapes.base import Shape
from api.shapes.catalogue import (
    CADENCE,
    ChecklistLineShape,
    IncidentTypeShape,
    LinkTemplateShape,
    RoleShape,
    ServiceShape,
    SeverityShape,
)
from incidents.models import (
    Audience,
    ChecklistKind,
    ChecklistTemplate,
    DoneWhen,
    IncidentType,
    LinkTemplate,
    Role,
    Service,
    Severity,
)
from incidents.models.catalogue import LinkKind, RetrospectiveRule
from incidents.workflow.catalogue import define_severity, keep_in_catalogue, remove_from_catalogue

READ, WRITE = "catalogue:read", "catalogue:write"
Fields = Callable[[bool], dict[str, Any]]
"""The fields of a body: `True` where it must say what an entry cannot do without, `False` where it changes some."""


def whole(**options: Any) -> serializers.IntegerField:
    """A whole number from 0, or null."""
    return serializers.IntegerField(min_value=0, required=False, allow_null=True, **options)


def place() -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=0, max_value=32_767, required=False, help_text="Lower comes first."
    )


def kept(
    path: str,
    name: str,
    model: type[models.Model],
    shape: type[Shape],
    fields: Fields,
    *,
    one: str,
    many: str,
    does: Callable[..., Any] = keep_in_catalogue,
    key: str = "pk",
) -> None:
    """The operations of one kind of entry: list, read, add, change, remove."""
    entry = f"{path}/{{{name}}}"
    listing(
        path,
        shape,
        lambda call: shape.rows(call.user),
        name=f"list_{many}",
        summary=f"{_words(many)}.",
        scope=READ,
    )
    item(entry, shape, name=f"get_{one}", summary=f"One {_words(one).lower()}.", scope=READ)
    title = "".join(word.capitalize() for word in one.split("_"))
    verb(
        "POST",
        path,
        does,
        name=f"add_{one}",
        scope=WRITE,
        body=body(f"New{title}Body", **fields(True)),
        answer=shape,
        status=201,
        run=lambda call: keep_as_said(call, does, model()),
        summary=f"Add {_one(one)}. Administrators only.",
        location=lambda made: f"/api/v1/{path}/{getattr(made, key)}",
    )
    verb(
        "PATCH",
        entry,
        does,
        name=f"change_{one}",
        scope=WRITE,
        body=body(f"{title}ChangesBody", **fields(False)),
        answer=shape,
        run=lambda call: keep_as_said(call, does, _held(call[name])),
        summary=f"Change {_one(one)}. Fields that are not sent stay. Administrators only.",
    )
    verb(
        "DELETE",
        entry,
        remove_from_catalogue,
        name=f"remove_{one}",
        scope=WRITE,
        run=lambda call: remove_from_catalogue(by=call.user, entry=call[name]),
        summary=f"Remove {_one(one)} that nothing refers to. Administrators only.",
    )


def _one(name: str) -> str:
    """“a service”, “an incident type”."""
    words = _words(name).lower()
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _held(entry: models.Model) -> models.Model:
    """As it stands, locked, so that changes of different fields at one time are both kept."""
    return type(entry)._default_manager.select_for_update(of=("self",)).get(pk=entry.pk)


def keep_as_said(call: Call, does: Callable[..., Any], entry: models.Model) -> models.Model:
    """Fill in what is said and keep it; what is no plain field is for the verb."""
    plain = {field.name for field in entry._meta.concrete_fields}
    for name, value in call.data.items():
        if name in plain:
            setattr(entry, name, value)
    beside = {name: value for name, value in call.data.items() if name not in plain}
    if does is define_severity:
        beside.setdefault("cadences", {})
    return does(by=call.user, entry=entry, **beside)


def _severity(call: Call, raw: str) -> Severity:
    """By name, or by rank."""
    rows = Severity.objects.all()
    return rows.filter(name=raw).first() or rows.get(rank=min(number(raw), 99))


def _by_id(shape: type[Shape]) -> Callable[[Call, str], Any]:
    return lambda call, raw: shape.rows(call.user).get(pk=number(raw))


part(
    "severity",
    _severity,
    shape=SeverityShape,
    about="The name of a severity, such as SEV1, or its rank: 1.",
    key="name",
)
part(
    "service_slug",
    lambda call, raw: Service.objects.get(slug=raw),
    shape=ServiceShape,
    about="The slug of a service.",
    key="slug",
    called="service",
)
part(
    "role_slug",
    lambda call, raw: Role.objects.get(slug=raw),
    shape=RoleShape,
    about="The slug of a role, such as commander.",
    key="slug",
    called="role",
)
part(
    "incident_type",
    _by_id(IncidentTypeShape),
    shape=IncidentTypeShape,
    about="The id of an incident type.",
    number=True,
)
part(
    "checklist_line",
    _by_id(ChecklistLineShape),
    shape=ChecklistLineShape,
    about="The id of a line of a checklist.",
    number=True,
)
part(
    "link_template",
    _by_id(LinkTemplateShape),
    shape=LinkTemplateShape,
    about="The id of a link template.",
    number=True,
)

# -- services -----------------------------------------------------------------------------------------------


class DependsOn(serializers.ListSerializer):
    """Services by slug: those in use, and those that it depends on already."""

    def __init__(self, **options: Any):
        super().__init__(child=serializers.SlugField(max_length=100), required=False, **options)

    def to_internal_value(self, data: Any) -> Any:
        slugs = list(dict.fromkeys(super().to_internal_value(data)))
        service = self.context["call"].records.get("service_slug") or Service()
        found = {s.slug: s for s in Service.objects.possible_needs_of(service).filter(slug__in=slugs)}
        for slug in slugs:
            if slug not in found:
                raise serializers.ValidationError(f"There is no “{slug}” here that you can choose.")
        return [found[slug] for slug in slugs]


def _service(is_new: bool) -> dict[str, Any]:
    fields = {
        "name": text(100, required=is_new, allow_blank=False),
        "description": optional_text(300),
        "owner_team": named(Team.objects.all(), required=False, allow_null=True),
        "tier": choice([value for value, _label in Service.TIERS], required=False),
        "depends_on": DependsOn(help_text="Slugs of services."),
    }
    return fields if is_new else fields | {"is_archived": flag()}


kept(
    "services",
    "service_slug",
    Service,
    ServiceShape,
    _service,
    one="service",
    many="services",
    key="slug",
)

# -- severities ---------------------------------------------------------------------------------------------

Cadence = body("CadenceBody", **{column: whole() for column in CADENCE})


def _severity_fields(is_new: bool) -> dict[str, Any]:
    return {
        "rank": serializers.IntegerField(min_value=1, max_value=5, required=is_new),
        "name": text(20, required=is_new, allow_blank=False),
        "criteria": text(200, required=is_new, allow_blank=False),
        "acknowledge_minutes": whole(),
        "mitigate_minutes": whole(),
        "retrospective": choice(RetrospectiveRule, required=False),
        "retrospective_due_days": whole(help_text="Business days."),
        "approves_updates": flag(),
        "public_if_seen": flag(),
        "when_unsure": flag(help_text="Exactly one severity is taken where nobody is sure."),
        "cadences": ByKey(
            Audience,
            Cadence(),
            required=False,
            help_text="By audience: minutes until an update is due; null: only on change.",
        ),
    }


kept(
    "severities",
    "severity",
    Severity,
    SeverityShape,
    _severity_fields,
    one="severity",
    many="severities",
    does=define_severity,
    key="rank",
)

# -- roles, types, checklists, links ------------------------------------------------------------------------

kept(
    "roles",
    "role_slug",
    Role,
    RoleShape,
    lambda is_new: {
        "name": text(60, required=is_new, allow_blank=False),
        "brief": optional_text(help_text="What a person who takes this role needs to know."),
        "is_single": flag(help_text="One person at a time."),
        "order": place(),
    },
    one="role",
    many="roles",
    key="slug",
)
kept(
    "incident-types",
    "incident_type",
    IncidentType,
    IncidentTypeShape,
    lambda is_new: {
        "name": text(60, required=is_new, allow_blank=False),
        "description": optional_text(200),
        "is_private_by_default": flag(),
    },
    one="incident_type",
    many="incident_types",
)
kept(
    "checklists",
    "checklist_line",
    ChecklistTemplate,
    ChecklistLineShape,
    lambda is_new: {
        "title": text(200, required=is_new, allow_blank=False),
        "kind": choice(ChecklistKind, required=False),
        "status": choice(ChecklistTemplate.STATUSES, required=False),
        "incident_type": named(IncidentType.objects.all(), "name", required=False, allow_null=True),
        "lowest_severity": named(
            Severity.objects.all(),
            "name",
            required=False,
            allow_null=True,
            help_text="From SEV1 down to this one; null: all.",
        ),
        "role": named(Role.objects.all(), required=False, allow_null=True),
        "minutes": whole(help_text="For a signal: how long it must stay normal."),
        "done_when": choice([*DoneWhen.values, ""], required=False),
        "order": place(),
    },
    one="checklist_line",
    many="checklist_lines",
)
kept(
    "link-templates",
    "link_template",
    LinkTemplate,
    LinkTemplateShape,
    lambda is_new: {
        "label": text(100, required=is_new, allow_blank=False),
        "kind": choice(LinkKind, required=False),
        "url_template": text(
            500,
            required=is_new,
            allow_blank=False,
            help_text="May hold {reference}, {number}, {severity}, {service}.",
        ),
        "service": named(
            Service.objects.all(),
            required=False,
            allow_null=True,
            help_text="Only where it is affected; null: always.",
        ),
    },
    one="link_template",
    many="link_templates",
)
