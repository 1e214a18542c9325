"""Settings → Trackers, the tickets of action items, and webhooks of trackers."""

from django.urls import path

from trackers.views import hooks, projects, tickets, trackers

SETTINGS = "settings/trackers/"
TRACKER = SETTINGS + "<int:pk>/"
PROJECT = TRACKER + "projects/<int:project>/"
ITEM = "actions/<int:pk>/tickets/"
TICKET = ITEM + "<int:ticket>/"

urlpatterns = [
    path(SETTINGS, trackers.tracker_list, name="trackers"),
    path(SETTINGS + "new/", trackers.tracker_new, name="tracker_new"),
    path(TRACKER, trackers.tracker, name="tracker"),
    path(TRACKER + "edit/", trackers.tracker_edit, name="tracker_edit"),
    path(TRACKER + "test/", trackers.tracker_test, name="tracker_test"),
    path(TRACKER + "pause/", trackers.tracker_pause, name="tracker_pause"),
    path(TRACKER + "resumption/", trackers.tracker_resumption, name="tracker_resumption"),
    path(TRACKER + "deletion/", trackers.tracker_deletion, name="tracker_deletion"),
    path(TRACKER + "people/", trackers.tracker_people, name="tracker_people"),
    path(TRACKER + "projects/new/", projects.project_new, name="tracker_project_new"),
    path(PROJECT, projects.project, name="tracker_project"),
    path(PROJECT + "look/", projects.project_look, name="tracker_project_look"),
    path(PROJECT + "deletion/", projects.project_deletion, name="tracker_project_deletion"),
    path("hooks/trackers/<int:pk>/", hooks.tracker_hook, name="tracker_hook"),
    path(TRACKER + "webhook-secret/", trackers.tracker_hook_secret, name="tracker_hook_secret"),
    path("actions/tickets/", tickets.tickets_new, name="tickets_new"),
    path(ITEM, tickets.item_tickets, name="item_tickets"),
    path(ITEM + "new/", tickets.ticket_new, name="ticket_new"),
    path(ITEM + "link/", tickets.ticket_link, name="ticket_link"),
    path(TICKET + "sync/", tickets.ticket_sync, name="ticket_sync"),
    path(TICKET + "choice/", tickets.ticket_choice, name="ticket_choice"),
    path(TICKET + "unlinking/", tickets.ticket_unlinking, name="ticket_unlinking"),
    path(TICKET + "conflicts/<int:conflict>/", tickets.ticket_conflict, name="ticket_conflict"),
]
