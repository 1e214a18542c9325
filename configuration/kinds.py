"""What can be configured: kind by kind, by which operations of the API it is written, and how it is recognised."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import get_resolver

from accounts.models import User
from api.fields import Body
from api.registry import OPERATIONS, Call, Operation
from api.shapes.alert_routes import AlertRouteShape
from api.shapes.automations import AutomationShape
from api.shapes.base import Shape
from api.shapes.catalogue import (
    ChecklistLineShape,
    IncidentTypeShape,
    LinkTemplateShape,
    MessageTemplateShape,
    RoleShape,
    ServiceShape,
    SeverityShape,
)
from api.shapes.channels import ChannelShape
from api.shapes.people import TeamShape
from api.shapes.signals import DataSourceShape, SignalShape
from api.shapes.status_pages import ComponentGroupShape, ComponentShape, StatusPageShape
from incidents.models import Audience, Stage


def operation(name: str) -> Operation:
    assert get_resolver().url_patterns  # operations register when the addresses are read
    return next(one for one in OPERATIONS if one.name == name)


def body_of(name: str) -> type[Body]:
    body = operation(name).body
    assert body is not None
    return body


class Act(Call):
    """An operation of the API, done by somebody without a request."""

    def __init__(self, by: User, name: str, records: dict[str, Any]):
        self.by, self.operation, self.raw = by, operation(name), {}
        self.records, self.data, self.query = dict(records), {}, {}

    @property
    def user(self) -> User:
        return self.by

    @property
    def token(self) -> None:
        return None


@dataclass(frozen=True, eq=False)
class Kind:
    name: str  # as a configuration calls it
    one: str  # one of it, in words
    shape: type[Shape]
    part: str  # what its operations call its record
    add: str
    edit: str
    remove: str | None
    keys: tuple[tuple[str, ...], ...]  # by what an entry is recognised: the first that fits
    also: tuple[str, tuple[str, ...]] | None = None  # another operation, and the fields that it changes
    late: tuple[str, ...] = ()  # said when all entries of the kind are there
    first: str = ""  # entries of which this is true are written before others
    parent: str = ""  # the field that names what it is a part of

    @cached_property
    def fields(self) -> list[str]:
        """Those that can be said, in the order in which they are told."""
        known = dict.fromkeys(name for key in self.keys for name in key)
        for name in (self.add, self.edit):
            known |= dict.fromkeys(body_of(name)._declared_fields)
        if self.also:
            known |= dict.fromkeys(self.also[1])
        return [name for name in known if name != self.parent]

    @cached_property
    def needed(self) -> set[str]:
        """Of the fields by which it is recognised those that must be said."""
        return {name for key in self.keys for name in key} - MAY_BE_MISSING


MAY_BE_MISSING = {"status", "incident_type", "service"}
SLUG_OR_NAME = (("slug",), ("name",))
OF_PAGE = (("page", "name"),)
STATUS_PAGES, GROUPS, COMPONENTS, CHANNELS = "status_pages", "groups", "components", "channels"
MESSAGE_TEMPLATES = "message_templates"
DATA_SOURCES, AUTOMATIONS = "data_sources", "automations"
WITH_SECRET = (DATA_SOURCES, AUTOMATIONS)
"""Kinds with a token or password, which is written as a reference."""
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in [
        Kind("teams", "team", TeamShape, "team", "add_team", "change_team", "remove_team", SLUG_OR_NAME),
        Kind(
            "severities",
            "severity",
            SeverityShape,
            "severity",
            "add_severity",
            "change_severity",
            "remove_severity",
            (("name",), ("rank",)),
            first="when_unsure",
        ),
        Kind("roles", "role", RoleShape, "role_slug", "add_role", "change_role", "remove_role", SLUG_OR_NAME),
        Kind(
            "incident_types",
            "incident type",
            IncidentTypeShape,
            "incident_type",
            "add_incident_type",
            "change_incident_type",
            "remove_incident_type",
            (("name",),),
        ),
        Kind(
            "services",
            "service",
            ServiceShape,
            "service_slug",
            "add_service",
            "change_service",
            "remove_service",
            SLUG_OR_NAME,
            late=("depends_on", "is_archived"),
        ),
        Kind(
            "checklists",
            "checklist line",
            ChecklistLineShape,
            "checklist_line",
            "add_checklist_line",
            "change_checklist_line",
            "remove_checklist_line",
            (("status", "title", "incident_type"), ("status", "title")),
        ),
        Kind(
            "link_templates",
            "link",
            LinkTemplateShape,
            "link_template",
            "add_link_template",
            "change_link_template",
            "remove_link_template",
            (("label", "service"), ("label",)),
        ),
        Kind(
            MESSAGE_TEMPLATES,
            "message template",
            MessageTemplateShape,
            "message_template",
            "change_message_template",
            "change_message_template",
            None,
            (("audience", "stage"),),
        ),
        Kind(
            CHANNELS,
            "channel",
            ChannelShape,
            "channel",
            "add_channel",
            "change_channel",
            "remove_channel",
            (("name",),),
            also=("set_channel_events", ("events", "services", "body_format")),
        ),
        Kind(
            DATA_SOURCES,
            "data source",
            DataSourceShape,
            "data_source",
            "add_data_source",
            "change_data_source",
            "remove_data_source",
            (("name",),),
        ),
        Kind(
            "signals",
            "signal",
            SignalShape,
            "signal",
            "add_signal",
            "change_signal",
            "remove_signal",
            (("service", "name"),),
        ),
        Kind(
            AUTOMATIONS,
            "automation",
            AutomationShape,
            "automation",
            "add_automation",
            "change_automation",
            "remove_automation",
            (("service", "name"),),
            late=("reversed_by",),
        ),
        Kind(
            "alert_routes",
            "alert route",
            AlertRouteShape,
            "alert_route",
            "add_alert_route",
            "change_alert_route",
            "remove_alert_route",
            (("name",),),
        ),
        Kind(
            STATUS_PAGES,
            "status page",
            StatusPageShape,
            "page",
            "add_status_page",
            "change_status_page",
            "remove_status_page",
            SLUG_OR_NAME,
        ),
        Kind(
            GROUPS,
            "group",
            ComponentGroupShape,
            "component_group",
            "add_component_group",
            "change_component_group",
            "remove_component_group",
            OF_PAGE,
            parent="page",
        ),
        Kind(
            COMPONENTS,
            "component",
            ComponentShape,
            "component",
            "add_component",
            "change_component",
            "remove_component",
            OF_PAGE,
            parent="page",
        ),
    ]
}
"""In the order in which they are written: what others name comes first."""
TOP = [name for name in KINDS if name not in (GROUPS, COMPONENTS)]
DEFAULTS = {"checklists": {"status": "investigating"}}
"""What a field by which an entry is recognised is where it is not said."""
CHOICES = {MESSAGE_TEMPLATES: {"audience": Audience.values, "stage": Stage.values}}
"""Fields by which an entry is recognised that have few values."""
