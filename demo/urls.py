"""What the demo's own data source, the target of its automations and its tracker answer."""

from django.urls import path

from demo.automations import TARGET, job
from demo.measurements import measurements
from demo.ticket_pages import demo_ticket, demo_ticket_deletion, demo_ticket_restoration, demo_tickets

TICKETS = "demo/tickets/"
TICKET = TICKETS + "<slug:key>/"

urlpatterns = [
    path("demo/measurements/<slug:name>/", measurements, name="demo_measurements"),
    path(TARGET, job, name="demo_job"),
    path(TICKETS, demo_tickets, name="demo_tickets"),
    path(TICKET, demo_ticket, name="demo_ticket"),
    path(TICKET + "deletion/", demo_ticket_deletion, name="demo_ticket_deletion"),
    path(TICKET + "restoration/", demo_ticket_restoration, name="demo_ticket_restoration"),
]
