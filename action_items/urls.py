"""Action items: of the whole organisation, of one retrospective, from an incident."""

from django.urls import path

from action_items.views import items, lists, quarter

ITEM = "actions/<int:pk>/"

urlpatterns = [
    path("actions/", lists.action_list, name="action_list"),
    path("actions/board/", lists.action_board, name="action_board"),
    path("actions/quarter/", quarter.action_quarter, name="action_quarter"),
    path("actions/export/", lists.action_export, name="action_export"),
    path("actions/bulk/", items.action_bulk, name="action_bulk"),
    path("actions/new/", items.action_item_new, name="action_item_new"),
    path(ITEM, items.action_item, name="action_item"),
    path(ITEM + "details/", items.action_item_details, name="action_item_details"),
    path(ITEM + "state/", items.action_state, name="action_state"),
    path(ITEM + "helped/", items.action_helped, name="action_helped"),
    path("retrospectives/<int:pk>/actions/", lists.retrospective_actions, name="retrospective_actions"),
    path("retrospectives/<int:pk>/actions/new/", items.action_new, name="action_new"),
    path(
        "incidents/<str:reference>/action-items/new/",
        items.incident_action_new,
        name="incident_action_new",
    ),
]
