"""Status pages: what they are called, what they list, how they look, who subscribed."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpResponse
from rest_framework import serializers

from api.bodies import OPERATIONAL, STATES
from api.fields import Body, RecordIn, body, choice, flag, named, optional_text, text
from api.operations.administrators import administrators
from api.operations.people import zone
from api.parts import within
from api.registry import Call, item, listing, part, verb
from api.shapes.base import Shape
from api.shapes.status_pages import (
    ComponentGroupShape,
    ComponentShape,
    PageSubscriberShape,
    StatusPageShape,
)
from incidents.models import Service
from statuspages import workflow
from statuspages.logo import MOST_BYTES
from statuspages.models import Component, ComponentGroup, PageAudience, PageLogo, StatusPage
from statuspages.permissions import can_edit_pages
from statuspages.workflow.pages import complete_page

PAGE = "status-pages/{page}"

part(
    "page",
    lambda call, raw: StatusPageShape.rows(call.user).get(slug=raw),
    shape=StatusPageShape,
    about="The short name of a status page.",
    key="slug",
)
within("component_group", ComponentGroupShape, "page", "The id of a group of components of the page.")
within("component", ComponentShape, "page", "The id of a component of the page.")


def of_page(shape: type[Shape]) -> Callable[[Call], Any]:
    return lambda call: shape.rows(call.user).filter(page=call["page"])


def _require_editor(call: Call) -> None:
    if not can_edit_pages(call.user):
        raise PermissionDenied("Only administrators can edit status pages.")


def _filled(call: Call, entry: Any) -> Any:
    for name, value in call.data.items():
        setattr(entry, name, value)
    return entry


def _held(entry: models.Model) -> Any:
    return type(entry)._default_manager.select_for_update(of=("self",)).get(pk=entry.pk)


# -- pages --------------------------------------------------------------------------------------------------


def _page_fields(is_new: bool) -> dict[str, Any]:
    return {
        "name": text(80, required=is_new, allow_blank=False),
        "slug": serializers.SlugField(
            max_length=60, required=False, help_text="Its address. By default made from the name."
        ),
        "about": optional_text(300),
        "audience": choice(PageAudience, required=False),
        "time_zone": zone(required=False, allow_blank=False),
        "language": choice(settings.LANGUAGES, required=False),
        "is_published": flag(),
        "is_default": flag(help_text="Also shows incidents that no other page shows."),
        "host": optional_text(200, help_text="Such as status.example.com."),
    }


def _keep_page(call: Call, page: StatusPage) -> StatusPage:
    _require_editor(call)
    return workflow.keep_page(by=call.user, page=complete_page(_filled(call, page)))


listing(
    "status-pages",
    StatusPageShape,
    lambda call: StatusPageShape.rows(call.user),
    name="list_status_pages",
    summary="Status pages. Drafts are for responders only.",
)
item(PAGE, StatusPageShape, name="get_status_page", summary="One status page.")
verb(
    "POST",
    "status-pages",
    workflow.keep_page,
    name="add_status_page",
    body=body("NewStatusPageBody", **_page_fields(True)),
    answer=StatusPageShape,
    run=lambda call: _keep_page(call, StatusPage()),
    status=201,
    summary="Add a status page. Administrators only.",
    location=lambda made: f"/api/v1/status-pages/{made.slug}",
)
verb(
    "PATCH",
    PAGE,
    workflow.keep_page,
    name="change_status_page",
    body=body("StatusPageChangesBody", **_page_fields(False)),
    answer=StatusPageShape,
    run=lambda call: _keep_page(call, _held(call["page"])),
    summary="Change a status page. Fields that are not sent stay. Administrators only.",
)
verb(
    "DELETE",
    PAGE,
    workflow.remove_page,
    name="remove_status_page",
    summary="Remove a status page that is a draft.",
)


class LookBody(Body):
    accent = optional_text(7, help_text="Six digits such as #1f6feb, or empty for none.")
    logo = serializers.FileField(
        required=False, help_text="PNG, JPEG or WebP, at most 1 MB. As multipart/form-data."
    )
    removes_logo = flag()

    def validate_logo(self, file: Any) -> bytes:
        if file.size > MOST_BYTES:
            raise serializers.ValidationError("A logo has at most 1 MB.")
        content: bytes = file.read()
        return content


def _keep_look(call: Call) -> StatusPage:
    said = {"accent": call["page"].accent, "logo": None} | call.data
    return workflow.keep_look(by=call.user, page=call["page"], **said)


def _logo(call: Call) -> HttpResponse:
    logo = PageLogo.objects.filter(page=call["page"]).first()
    if logo is None:
        raise Http404
    return HttpResponse(bytes(logo.content), content_type="image/png")


verb(
    "PUT",
    f"{PAGE}/look",
    workflow.keep_look,
    name="change_status_page_look",
    body=LookBody,
    answer=StatusPageShape,
    run=_keep_look,
    takes_files=True,
    summary="Change the accent colour or logo. Fields that are not sent stay. Administrators only.",
)
item(
    f"{PAGE}/logo",
    None,
    _logo,
    name="get_status_page_logo",
    summary="The logo of a page.",
    file_types=("image/png",),
)
listing(
    f"{PAGE}/subscribers",
    PageSubscriberShape,
    administrators(of_page(PageSubscriberShape)),
    name="list_status_page_subscribers",
    summary="Confirmed subscribers of the page, oldest first. Administrators only.",
    scope="admin",
)

# -- groups -------------------------------------------------------------------------------------------------


def _keep_group(call: Call, group: ComponentGroup) -> ComponentGroup:
    _require_editor(call)
    _filled(call, group).full_clean()
    return workflow.keep_group(by=call.user, group=group)


def _moved(part_name: str) -> Callable[[Call], Any]:
    def run(call: Call) -> Any:
        workflow.move_on_page(by=call.user, entry=call[part_name], up=call.data["to"] == "up")
        return call[part_name]

    return run


DIRECTIONS = ["up", "down"]
Move = body("MoveBody", to=choice(DIRECTIONS))
GROUP = f"{PAGE}/groups/{{component_group}}"
listing(
    f"{PAGE}/groups",
    ComponentGroupShape,
    of_page(ComponentGroupShape),
    name="list_component_groups",
    summary="Groups of components, in the order of the page.",
)
item(GROUP, ComponentGroupShape, name="get_component_group", summary="One group of components.")
verb(
    "POST",
    f"{PAGE}/groups",
    workflow.keep_group,
    name="add_component_group",
    body=body("ComponentGroupBody", name=text(80)),
    answer=ComponentGroupShape,
    run=lambda call: _keep_group(call, ComponentGroup(page=call["page"])),
    status=201,
    summary="Add a group of components. Administrators only.",
    location=lambda made: f"/api/v1/status-pages/{made.page.slug}/groups/{made.pk}",
)
verb(
    "PATCH",
    GROUP,
    workflow.keep_group,
    name="change_component_group",
    body=body("ComponentGroupNameBody", name=text(80)),
    answer=ComponentGroupShape,
    run=lambda call: _keep_group(call, call["component_group"]),
    summary="Rename a group. Administrators only.",
)
verb(
    "DELETE",
    GROUP,
    workflow.remove_from_page,
    name="remove_component_group",
    run=lambda call: workflow.remove_from_page(by=call.user, entry=call["component_group"]),
    summary="Remove a group of components. Its components stay. Administrators only.",
)
verb(
    "POST",
    f"{GROUP}/move",
    workflow.move_on_page,
    name="move_component_group",
    body=Move,
    answer=ComponentGroupShape,
    run=_moved("component_group"),
    summary="Move a group up or down. Administrators only.",
)

# -- components ---------------------------------------------------------------------------------------------


def _component_fields(is_new: bool) -> dict[str, Any]:
    return {
        "name": text(80, required=is_new, allow_blank=False, help_text="As customers call it."),
        "description": optional_text(200),
        "group": RecordIn("page", "groups", required=False, allow_null=True),
        "service": named(
            Service.objects.in_use(),
            required=False,
            allow_null=True,
            help_text="Where its state comes from; null: set by hand.",
        ),
        "tracked_since": serializers.DateField(required=False, help_text="Earlier days have no data."),
    }


def _keep_component(call: Call, component: Component) -> Component:
    _require_editor(call)
    _filled(call, component).full_clean()
    return workflow.keep_component(by=call.user, component=component)


COMPONENT = f"{PAGE}/components/{{component}}"
listing(
    f"{PAGE}/components",
    ComponentShape,
    of_page(ComponentShape),
    name="list_components",
    summary="Components of the page, in its order.",
)
item(COMPONENT, ComponentShape, name="get_component", summary="One component.")
verb(
    "POST",
    f"{PAGE}/components",
    workflow.keep_component,
    name="add_component",
    body=body("NewComponentBody", **_component_fields(True)),
    answer=ComponentShape,
    run=lambda call: _keep_component(call, Component(page=call["page"])),
    status=201,
    summary="Add a component. Administrators only.",
    location=lambda made: f"/api/v1/status-pages/{made.page.slug}/components/{made.pk}",
)
verb(
    "PATCH",
    COMPONENT,
    workflow.keep_component,
    name="change_component",
    body=body("ComponentChangesBody", **_component_fields(False)),
    answer=ComponentShape,
    run=lambda call: _keep_component(call, call["component"]),
    summary="Change a component. Fields that are not sent stay. Administrators only.",
)
verb(
    "DELETE",
    COMPONENT,
    workflow.remove_from_page,
    name="remove_component",
    run=lambda call: workflow.remove_from_page(by=call.user, entry=call["component"]),
    summary="Remove a component with its history, and subscriptions to it alone. Administrators only.",
)
verb(
    "POST",
    f"{COMPONENT}/move",
    workflow.move_on_page,
    name="move_component",
    body=Move,
    answer=ComponentShape,
    run=_moved("component"),
    summary="Move a component up or down in its group. Administrators only.",
)


def _set_state(call: Call) -> Component:
    impact = call.data["state"]
    workflow.set_component_state(
        by=call.user, component=call["component"], impact=None if impact == OPERATIONAL else impact
    )
    return call["component"]


verb(
    "PUT",
    f"{COMPONENT}/state",
    workflow.set_component_state,
    body=body("ComponentStateBody", state=choice(STATES)),
    answer=ComponentShape,
    run=_set_state,
    summary="Set the state of a component without a service. Responders only.",
)
