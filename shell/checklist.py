"""The steps that set up a new installation, on the Home page of administrators until they are done or hidden."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from accounts.models import Installation, Invitation, User
from incidents.models import Incident, Service
from notifications.kinds import DeliveryKind
from notifications.models import SAVED, Delivery, DeliveryState
from statuspages.models import StatusPage


@dataclass(frozen=True)
class Step:
    title: str
    text: str
    is_done: bool
    action: str
    url: str


@dataclass(frozen=True)
class Checklist:
    organisation: str
    steps: list[Step]

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def next(self) -> Step:
        """The first step that is not done."""
        return next(step for step in self.steps if not step.is_done)


def checklist_for(user: User) -> Checklist | None:
    """None where it is hidden, where every step is done, in the demo, and for everybody but administrators."""
    if not user.is_administrator or settings.DEMO:
        return None
    installation = Installation.get()
    if installation.checklist_hidden:
        return None
    checklist = Checklist(installation.name, _steps())
    return None if checklist.done == len(checklist.steps) else checklist


def _steps() -> list[Step]:
    tests = Delivery.objects.filter(kind=DeliveryKind.MAIL, about="test", state=DeliveryState.DELIVERED)
    drills = Incident.objects.filter(is_drill=True, is_private=False)
    return [
        Step(
            "Send a test e-mail",
            "Set up the mail server, then send yourself a test. Without one, links are shown for you to copy.",
            tests.exclude(answer=SAVED).exists(),
            "Set up e-mail",
            reverse("mail_channel"),
        ),
        Step(
            "Invite people",
            "An incident needs a commander and someone who writes status updates.",
            User.objects.active().count() > 1 or Invitation.objects.open().exists(),
            "Invite people",
            reverse("invitation_new"),
        ),
        Step(
            "Add services",
            "What can break, who owns it and what it depends on.",
            Service.objects.in_use().exists(),
            "Add services",
            reverse("catalogue_list", args=["services"]),
        ),
        Step(
            "Create a status page",
            "Customers read it. Nothing is public until you publish it.",
            StatusPage.objects.exists(),
            "Create page",
            reverse("status_pages"),
        ),
        Step(
            "Run a drill",
            "Declare a practice incident and tick “Drill”. It is not counted in Insights.",
            drills.exists(),
            "Start drill",
            reverse("declare") + "?is_drill=on",
        ),
    ]
