"""What is told to whom, and when the next word is due."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_noop

from incidents.models.catalogue import Audience, Role, Severity
from incidents.models.incident import Incident
from incidents.models.people import RoleAssignment
from incidents.models.status import PUBLIC_WORDING, Status


class UpdateState(models.TextChoices):
    AWAITING = "awaiting", "Awaiting approval"
    POSTED = "posted", "Posted"
    RETURNED = "returned", "Returned"
    WITHDRAWN = "withdrawn", "Taken back"


UNNAMED = gettext_noop("Service disruption")
"""What pages call an incident that nobody gave a public title."""
REOPENED = gettext_noop("The problem is back. We are looking into it.")
"""What an audience reads where nobody has said more about it yet."""
INVESTIGATING, IDENTIFIED, MONITORING, RESOLVED = "Investigating", "Identified", "Monitoring", "Resolved"
SENTENCES = {
    INVESTIGATING: REOPENED,
    IDENTIFIED: gettext_noop("The problem is back. We are working on a fix."),
    MONITORING: gettext_noop("The impact has stopped. We are watching the recovery."),
    RESOLVED: gettext_noop("This incident is resolved."),
}
"""By the word that the public reads for a status: what pages say where nobody wrote an update about the change."""
OVER = (Status.RESOLVED, Status.CLOSED, Status.MERGED, Status.DECLINED)
COMPONENTS = re.compile(r"\{\{\s*components\s*\}\}")


def word_for(status: str) -> str:
    """What the public reads for a status."""
    return RESOLVED if status in OVER else PUBLIC_WORDING[Status(status)]


def is_announced(word: str, before: str) -> bool:
    """Whether a change of status is told without an update: recovery and its end are, a cause found inside is not."""
    return word != before and bool({word, before} & {MONITORING, RESOLVED})


class Stage(models.TextChoices):
    """What an update is about, for choosing the words to start from."""

    DECLARED = "declared", "Declared"
    SCOPE = "scope", "Scope known"
    NO_CHANGE = "no_change", "No change"
    MITIGATED = "mitigated", "Mitigated"
    MONITORING = "monitoring", "Monitoring"
    RESOLVED = "resolved", "Resolved"
    RETROSPECTIVE = "retrospective", "Retrospective published"
    CORRECTION = "correction", "Correction"
    MAINTENANCE = "maintenance", "Maintenance"
    SECURITY = "security", "Security, restricted"
    THIRD_PARTY = "third_party", "Third party"
    FALSE_ALARM = "false_alarm", "False alarm"


WORDS = ("known", "unknown", "doing", "workaround", "ask")


class MessageTemplate(models.Model):
    """The words an update of one stage to one audience starts from; {{ names }} are filled in, nothing else."""

    audience = models.CharField(max_length=20, choices=Audience)
    stage = models.CharField(max_length=20, choices=Stage)
    known = models.TextField("what we know", blank=True, max_length=2000)
    unknown = models.TextField("what we do not know", blank=True, max_length=2000)
    doing = models.TextField("what we are doing", blank=True, max_length=2000)
    workaround = models.TextField("what you can do", blank=True, max_length=1000)
    ask = models.TextField("what we ask", blank=True, max_length=1000)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["audience", "stage"], name="one_template_per_audience_and_stage")
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()}, {self.get_audience_display().lower()}"

    @property
    def words(self) -> dict[str, str]:
        return {word: getattr(self, word) for word in WORDS}


LABELS = {
    "known": "",
    "unknown": gettext_noop("What we do not know yet"),
    "doing": gettext_noop("What we are doing"),
    "workaround": gettext_noop("What you can do"),
    "ask": gettext_noop("What we ask of you"),
}


@dataclass(frozen=True)
class Wording:
    """What one audience reads; Markdown, variables filled in."""

    known: str
    unknown: str = ""
    doing: str = ""
    workaround: str = ""
    ask: str = ""

    @property
    def parts(self) -> list[tuple[str, str]]:
        """(label, Markdown) of everything that is said; what is known comes first and has no label."""
        return [(label, text) for name, label in LABELS.items() if (text := getattr(self, name)).strip()]


class StatusUpdateQuerySet(models.QuerySet["StatusUpdate"]):
    def posted(self) -> "StatusUpdateQuerySet":
        """Said by the team: approved where that was asked for, and not taken back."""
        return self.filter(state=UpdateState.POSTED)

    def out(self) -> "StatusUpdateQuerySet":
        """Posted, and past the seconds in which it could be taken back: the only ones an audience may see."""
        return self.posted().filter(leaves_at__lte=timezone.now())

    def published(self) -> "StatusUpdateQuerySet":
        """Out to the public. Nothing else of an incident may appear on a public surface."""
        return self.out().for_audience(Audience.PUBLIC).filter(incident__is_private=False)

    def for_audience(self, audience: str) -> "StatusUpdateQuerySet":
        return self.filter(audiences__contains=[audience])

    def waiting_for(self, user: Any) -> "StatusUpdateQuerySet":
        """Those that wait for approval where `user` is commander or deputy, the oldest first.

        `may_decide`: the role was theirs when it was written, as `approvers` asks for.
        """
        held = RoleAssignment.objects.running().filter(
            incident=models.OuterRef("incident"), user=user, role__slug__in=Role.APPROVERS
        )
        since = held.filter(started_at__lte=models.OuterRef("posted_at"))
        waiting = self.filter(models.Exists(held), state=UpdateState.AWAITING)
        return waiting.annotate(may_decide=models.Exists(since)).order_by("posted_at", "pk")

    def newest_first(self) -> "StatusUpdateQuerySet":
        return self.order_by("-posted_at", "-pk")


FOR_THE_PUBLIC = models.Q(wordings__has_key="public")


class StatusUpdate(models.Model):
    """Published once and never edited: a mistake is corrected by another update that names it."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="status_updates")
    audiences = ArrayField(models.CharField(max_length=20, choices=Audience))
    known = models.TextField("what we know")
    unknown = models.TextField("what we do not know", blank=True)
    doing = models.TextField("what we are doing", blank=True)
    workaround = models.TextField(blank=True)
    ask = models.TextField("what we ask", blank=True)
    next_update_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=20, choices=Status)
    severity = models.ForeignKey(Severity, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="correction"
    )
    correction_reason = models.CharField(max_length=300, blank=True)
    wordings = models.JSONField(
        default=dict, blank=True, help_text="By audience, where it reads other words than the fields above"
    )
    public_title = models.CharField(
        max_length=120, blank=True, help_text="What public pages call the incident from this update on"
    )
    names_by_page = models.JSONField(
        default=dict,
        blank=True,
        editable=False,
        help_text="What {{ components }} stands for on each public page, by its id; only where pages differ",
    )
    impacts_set = models.JSONField(
        default=dict,
        blank=True,
        editable=False,
        help_text="Posted with it: {service: [state before, state set]}",
    )
    state = models.CharField(max_length=10, choices=UpdateState, default=UpdateState.POSTED)
    posted_at = models.DateTimeField()
    leaves_at = models.DateTimeField(
        default=timezone.now, help_text="Until then it can be taken back; then it goes to its audiences"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    return_reason = models.CharField(max_length=300, blank=True)
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects = StatusUpdateQuerySet.as_manager()

    class Meta:
        ordering = ["posted_at", "pk"]
        indexes = [
            models.Index(fields=["incident", "-posted_at"], name="update_by_incident"),
            models.Index(fields=["-posted_at", "-id"], name="update_newest"),
            # What statistics of due times leave out: nearly all are posted.
            models.Index(
                fields=["id"], name="update_not_posted", condition=~models.Q(state=UpdateState.POSTED)
            ),
            # What public pages read: few updates are for the public.
            models.Index(fields=["-posted_at", "-id"], name="public_update_newest", condition=FOR_THE_PUBLIC),
            models.Index(
                fields=["incident", "posted_at"], name="public_update_by_incident", condition=FOR_THE_PUBLIC
            ),
        ]

    def __str__(self) -> str:
        return self.known[:80]

    @property
    def public_status(self) -> str:
        return PUBLIC_WORDING.get(Status(self.status), "Investigating")

    def text_for(self, audience: str, page: int | None = None) -> Wording:
        """What `audience` reads. The public reads only words written for the public, never the team's own.

        Where public pages call the affected components by different names, those of `page` (its id), or all.
        Raises LookupError for the public where no public words were written.
        """
        own = self.wordings.get(audience)
        if own:
            return self._with_names(Wording(**own), page)
        if audience == Audience.PUBLIC:
            raise LookupError("this update has no words for the public")
        return Wording(self.known, self.unknown, self.doing, self.workaround, self.ask)

    def _with_names(self, words: Wording, page: int | None) -> Wording:
        if not self.names_by_page:
            return words
        names = self.names_by_page.get(str(page)) or ", ".join(dict.fromkeys(self.names_by_page.values()))
        return Wording(**{k: COMPONENTS.sub(lambda _match: names, v) for k, v in asdict(words).items()})

    def can_be_withdrawn(self, moment: datetime | None = None) -> bool:
        """Before approval, and in the seconds between posting and leaving."""
        if self.state == UpdateState.POSTED:
            return (moment or timezone.now()) < self.leaves_at
        return self.state == UpdateState.AWAITING

    @property
    def is_corrected(self) -> bool:
        return hasattr(self, "correction")

    @property
    def audience_names(self) -> list[str]:
        return [str(Audience(a).label) for a in self.audiences]


class BriefLink(models.Model):
    """A signed, expiring address of the stakeholder brief; needs no sign-in, can be revoked."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="brief_links")
    audience = models.CharField(max_length=20, choices=Audience, default=Audience.STAKEHOLDERS)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"brief of {self.incident_id}"

    def is_open(self, moment: datetime | None = None) -> bool:
        is_valid = self.revoked_at is None and (moment or timezone.now()) < self.expires_at
        return is_valid and not self.incident.is_private
