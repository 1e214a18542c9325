"""What an installation sets up once: severities, roles, services, types, checklists, links."""

from string import Formatter

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class Audience(models.TextChoices):
    PUBLIC = "public", "Public"
    STAKEHOLDERS = "stakeholders", "Stakeholders"
    EXECUTIVES = "executives", "Executives"
    RESPONDERS = "responders", "Responders"


class RetrospectiveRule(models.TextChoices):
    REQUIRED = "required", "Required"
    OFFERED = "offered", "Offered"
    NONE = "none", "Not asked for"


class SeverityQuerySet(models.QuerySet["Severity"]):
    def with_cadences(self) -> "SeverityQuerySet":
        return self.prefetch_related("cadences")

    def when_nobody_is_sure(self) -> "Severity":
        """The one that is marked so, else the highest."""
        found = self.filter(when_unsure=True).first() or self.order_by("rank").first()
        assert found is not None
        return found


class Severity(models.Model):
    rank = models.PositiveSmallIntegerField(
        unique=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    name = models.CharField(max_length=20, unique=True)
    criteria = models.CharField(max_length=200, help_text="One plain sentence anybody can answer at 3 a.m.")
    acknowledge_minutes = models.PositiveIntegerField("acknowledge target, minutes", null=True, blank=True)
    mitigate_minutes = models.PositiveIntegerField("mitigation target, minutes", null=True, blank=True)
    retrospective = models.CharField(
        max_length=10, choices=RetrospectiveRule, default=RetrospectiveRule.OFFERED
    )
    retrospective_due_days = models.PositiveSmallIntegerField(
        "retrospective due, business days", null=True, blank=True
    )
    approves_updates = models.BooleanField(
        "updates wait for the commander's approval",
        default=False,
        help_text="What others write reaches its audiences once the commander or the deputy has approved it",
    )
    public_if_seen = models.BooleanField(
        "public updates only where customers notice",
        default=False,
        help_text="Owed once a service is marked as affected, or the public was told something",
    )
    when_unsure = models.BooleanField("taken when “not sure” is chosen", default=False)

    objects = SeverityQuerySet.as_manager()

    class Meta:
        ordering = ["rank"]
        verbose_name_plural = "severities"

    def __str__(self) -> str:
        return self.name

    @property
    def requires_retrospective(self) -> bool:
        return self.retrospective == RetrospectiveRule.REQUIRED

    def cadence_for(self, audience: str) -> "Cadence | None":
        """From the loaded `cadences`; no query when they were prefetched."""
        return next((c for c in self.cadences.all() if c.audience == audience), None)


class Cadence(models.Model):
    """Minutes until an update is owed to one audience; empty = only on change."""

    severity = models.ForeignKey(Severity, on_delete=models.CASCADE, related_name="cadences")
    audience = models.CharField(max_length=20, choices=Audience)
    first_minutes = models.PositiveIntegerField("first", null=True, blank=True)
    investigating_minutes = models.PositiveIntegerField("investigating", null=True, blank=True)
    fixing_minutes = models.PositiveIntegerField("fixing", null=True, blank=True)
    mitigated_minutes = models.PositiveIntegerField("mitigated", null=True, blank=True)

    class Meta:
        ordering = ["severity__rank", "audience"]
        constraints = [
            models.UniqueConstraint(fields=["severity", "audience"], name="one_cadence_per_audience")
        ]

    def __str__(self) -> str:
        return f"{self.severity} {self.get_audience_display()}"

    def minutes_in(self, status: str) -> int | None:
        """Minutes between updates while the incident is in `status`; None: on change only."""
        return getattr(self, f"{status}_minutes", None)


class IncidentType(models.Model):
    name = models.CharField(max_length=60, unique=True)
    description = models.CharField(max_length=200, blank=True)
    is_private_by_default = models.BooleanField("private by default", default=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Role(models.Model):
    """A responsibility that someone holds in an incident. `slug` names the built-in ones the rules speak of."""

    COMMANDER = "commander"
    DEPUTY = "deputy"
    COMMUNICATIONS_LEAD = "communications_lead"
    APPROVERS = (COMMANDER, DEPUTY)
    """Who can approve an update where the severity requires it."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=60, unique=True)
    brief = models.TextField(blank=True, help_text="What whoever takes this role needs to know, shown then.")
    order = models.PositiveSmallIntegerField(default=100)
    is_single = models.BooleanField("one person at a time", default=True)
    is_built_in = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name


class ServiceQuerySet(models.QuerySet):
    def in_use(self) -> "ServiceQuerySet":
        return self.filter(is_archived=False)

    def possible_needs_of(self, service: "Service") -> "ServiceQuerySet":
        """What a service may be said to depend on: all in use and what it has already, never itself."""
        known = models.Q(is_archived=False)
        if service.pk:
            known |= models.Q(pk__in=service.depends_on.values("pk"))
        return self.filter(known).exclude(pk=service.pk)

    def with_neighbours(self) -> "ServiceQuerySet":
        return self.select_related("owner_team").prefetch_related("depends_on")

    def used_first(self) -> "ServiceQuerySet":
        return self.order_by("is_archived", "tier", "name")


class Service(models.Model):
    TIERS = [(0, "Tier 0, everything needs it"), (1, "Tier 1"), (2, "Tier 2"), (3, "Tier 3")]

    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=100, unique=True)
    description = models.CharField(max_length=300, blank=True)
    owner_team = models.ForeignKey(
        "accounts.Team", null=True, blank=True, on_delete=models.SET_NULL, related_name="services"
    )
    tier = models.PositiveSmallIntegerField(choices=TIERS, default=2)
    depends_on = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="dependents")
    is_archived = models.BooleanField("no longer in use", default=False)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ChecklistKind(models.TextChoices):
    TASK = "task", "Task"
    SIGNAL = "signal", "Recovery: a signal stays normal"
    TEST = "test", "Recovery: a test"
    CONFIRMATION = "confirmation", "Recovery: an affected party confirms"
    DATA_LOSS = "data_loss", "Recovery: was data lost?"


RECOVERY_KINDS = [k for k in ChecklistKind.values if k != ChecklistKind.TASK]


class ChecklistQuerySet(models.QuerySet):
    def in_order(self) -> "ChecklistQuerySet":
        """By the status they appear in, as an incident passes through them."""
        statuses = [value for value, _label in ChecklistTemplate.STATUSES]
        place = models.Case(*(models.When(status=s, then=n) for n, s in enumerate(statuses)), default=9)
        lines = self.select_related("role", "lowest_severity", "incident_type")
        return lines.order_by(place, "order", "pk")


class DoneWhen(models.TextChoices):
    """What the application itself sees happen, and ticks a task for."""

    COMMAND = "command", "Somebody takes command"
    UPDATE = "update", "The first status update is posted"
    MITIGATED = "mitigated", "The incident is mitigated"
    RESOLVED = "resolved", "The incident is resolved"


class ChecklistTemplate(models.Model):
    """A line that lands on an incident by itself when it enters `status`."""

    STATUSES = [
        ("investigating", "Declared"),
        ("fixing", "Fixing"),
        ("mitigated", "Mitigated"),
        ("resolved", "Resolved"),
    ]

    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=ChecklistKind, default=ChecklistKind.TASK)
    status = models.CharField("appears when", max_length=20, choices=STATUSES, default="investigating")
    incident_type = models.ForeignKey(IncidentType, null=True, blank=True, on_delete=models.CASCADE)
    lowest_severity = models.ForeignKey(
        Severity,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        help_text="From SEV1 down to this one; empty means all.",
    )
    role = models.ForeignKey(Role, null=True, blank=True, on_delete=models.SET_NULL, verbose_name="goes to")
    minutes = models.PositiveIntegerField(
        "time box, minutes", null=True, blank=True, help_text="For a signal: how long it must stay normal."
    )
    done_when = models.CharField(
        "done automatically when",
        max_length=20,
        choices=DoneWhen,
        blank=True,
        help_text="For a task. None means that a person marks it as done.",
    )
    order = models.PositiveSmallIntegerField(default=100)

    objects = ChecklistQuerySet.as_manager()

    class Meta:
        ordering = ["status", "order", "pk"]

    def __str__(self) -> str:
        return self.title

    def fits(self, *, rank: int, incident_type_id: int | None) -> bool:
        """Whether this line belongs on an incident; `lowest_severity` must be loaded."""
        if self.incident_type_id and self.incident_type_id != incident_type_id:
            return False
        return self.lowest_severity is None or rank <= self.lowest_severity.rank


class LinkKind(models.TextChoices):
    BRIDGE = "bridge", "Bridge call"
    CHANNEL = "channel", "Channel"
    DASHBOARD = "dashboard", "Dashboard"
    RUNBOOK = "runbook", "Runbook"
    OTHER = "other", "Other"


LINK_VARIABLES = {"reference", "number", "severity", "service"}


LINK_EXAMPLE = {"reference": "inc-142", "number": 142, "severity": "sev2", "service": "checkout"}


def validate_link_template(template: str) -> None:
    """Plain {names} only: a format specification could reach into objects or ask for a gigabyte of padding."""
    try:
        parts = list(Formatter().parse(template))
    except ValueError as error:
        raise ValidationError("A curly bracket is opened or closed without its partner.") from error
    for _text, name, specification, conversion in parts:
        if name is not None and (name not in LINK_VARIABLES or specification or conversion):
            names = ", ".join(f"{{{known}}}" for known in sorted(LINK_VARIABLES))
            raise ValidationError(f"Only {names} can be filled in.")
    if not template.startswith(("https://", "http://")):
        raise ValidationError("Begin with https:// or http://.")


class LinkTemplate(models.Model):
    label = models.CharField(max_length=100)
    kind = models.CharField(max_length=20, choices=LinkKind, default=LinkKind.OTHER)
    url_template = models.CharField(
        "address",
        max_length=500,
        validators=[validate_link_template],
        help_text="May hold {reference}, {number}, {severity}, {service}.",
    )
    service = models.ForeignKey(
        Service,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        help_text="Only when this service is affected; empty means always.",
    )

    class Meta:
        ordering = ["kind", "label"]

    def __str__(self) -> str:
        return self.label

    @property
    def example(self) -> str:
        """How it reads for an incident of the number 142."""
        return self.url_template.format(**LINK_EXAMPLE)
