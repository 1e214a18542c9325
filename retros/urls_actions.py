"""Action items: of the whole organisation, of one retrospective, from an incident."""

from django.urls import path

from retros.views import action_items, actions

ITEM = "actions/<int:pk>/"

urlpatterns = [
    path("actions/", actions.action_list, name="action_list"),
    path("actions/board/", actions.action_board, name="action_board"),
    path("actions/export/", actions.action_export, name="action_export"),
    path("actions/bulk/", action_items.action_bulk, name="action_bulk"),
    path("actions/new/", action_items.action_item_new, name="action_item_new"),
    path(ITEM, action_items.action_item, name="action_item"),
    path(ITEM + "details/", action_items.action_item_details, name="action_item_details"),
    path(ITEM + "state/", action_items.action_state, name="action_state"),
    path(ITEM + "helped/", action_items.action_helped, name="action_helped"),
    path("retrospectives/<int:pk>/actions/", actions.retrospective_actions, name="retrospective_actions"),
    path("retrospectives/<int:pk>/actions/new/", action_items.action_new, name="action_new"),
    path(
        "incidents/<str:reference>/action-items/new/",
        action_items.incident_action_new,
        name="incident_action_new",
    ),
]
