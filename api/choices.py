"""The names of choices in the OpenAPI description: a generated client has one type for each, wherever it occurs."""

from typing import Any

from django.conf import settings

from accounts.models import SCOPES, InstallationRole, Theme
from action_items.models import ActionCategory, ActionState, Helped, Priority
from alerts.deciding.decisions import Decided
from alerts.deciding.rules import Becomes, GroupBy
from alerts.models import AlertState
from alerts.noise import SORTS
from api.bodies import STATES
from api.operations.action_items import STATES_ASKED
from api.operations.alerts import STATES_ASKED as ALERT_STATES_ASKED
from api.operations.status_pages import DIRECTIONS
from api.shapes.events import PUBLIC
from api.shapes.tickets import SIDES, TICKET_PROBLEMS
from api.shapes.trackers import FIELD_NAMES, TRACKER_STATES
from automations.models import Content, MayRun, Method, Preset, RunState
from automations.models import SignIn as AutomationSignIn
from core.requested_files import FileState
from core.written_time import ORDERS
from incidents.models import (
    Audience,
    ChangeEvent,
    ChecklistKind,
    ChecklistTemplate,
    Confidence,
    DoneWhen,
    HypothesisState,
    ImpactAssessment,
    Mitigation,
    MitigationState,
    RecoveryCheck,
    Service,
    ServiceImpact,
    Stage,
    Status,
)
from incidents.models.catalogue import LinkKind, RetrospectiveRule
from insights.definitions import BY_KEY, HEADLINES
from insights.filters import PERIODS
from insights.models import AnnotationKind
from insights.questions import QUESTIONS
from integrations.models import MailSecurity, Opens, PayloadState
from notifications.kinds import CHANNEL_KINDS, DeliveryKind
from notifications.models import BodyFormat, DeliveryState
from retros.checks import CHECKS
from retros.models import Category, Dimension, Level, Question, Section, Subject
from retros.models.timeline import WRITTEN_KINDS
from signals.models import Comparison, ExpectationState, RangeKind, SignIn, SourceKind
from statuspages.models import Frequency, MaintenanceState, PageAudience
from statuspages.recurrence import WEEKDAYS
from subscribers.models import NotificationKind, ReportEvery, ReportKind
from timeline.models import Gap, Kind, Phase
from trackers.models import Creates, TicketState
from trackers.models.trackers import PROBLEMS
from trackers.of_list import TICKETS_ASKED

CHOICES: dict[str, Any] = {
    "ActionItemCategory": ActionCategory,
    "ActionItemHelped": Helped,
    "ActionItemState": ActionState,
    "ActionItemStateFilter": STATES_ASKED,
    "ActionItemTicketFilter": TICKETS_ASKED,
    "AlertDecision": Decided,
    "AlertGroupBy": GroupBy,
    "AlertOpens": Opens,
    "AlertOutcome": Becomes,
    "AlertState": AlertState,
    "AlertStateFilter": ALERT_STATES_ASKED,
    "NoisyAlertRuleSort": list(SORTS),
    "AnnotationKind": AnnotationKind,
    "AutomationContent": Content,
    "AutomationMayRun": MayRun,
    "AutomationMethod": Method,
    "AutomationPreset": Preset,
    "AutomationRunState": RunState,
    "AutomationSignIn": AutomationSignIn,
    "AnalysisQuestion": Question,
    "Audience": Audience,
    "ChangeKind": ChangeEvent.Kind,
    "ChannelKind": CHANNEL_KINDS,
    "ChecklistDoneWhen": DoneWhen,
    "ChecklistKind": ChecklistKind,
    "ChecklistStatus": ChecklistTemplate.STATUSES,
    "Confidence": Confidence,
    "ContributingFactorCategory": Category,
    "ContributingFactorLevel": Level,
    "Criticality": ImpactAssessment.Criticality,
    "DataSourceKind": SourceKind,
    "DataSourceSignIn": SignIn,
    "DateOrder": list(ORDERS),
    "DeliveryKind": DeliveryKind,
    "DeliveryState": DeliveryState,
    "EventName": PUBLIC,
    "FileState": FileState,
    "Frequency": Frequency,
    "GapKind": Gap,
    "HypothesisState": HypothesisState,
    "ImpactDimension": Dimension,
    "IncidentStatus": Status,
    "InsightsMetric": HEADLINES,
    "InsightsMetricKey": list(BY_KEY),
    "InsightsPeriod": list(PERIODS),
    "InsightsQuestion": list(QUESTIONS),
    "InstallationRole": InstallationRole,
    "Language": settings.LANGUAGES,
    "LinkKind": LinkKind,
    "MailboxSecurity": MailSecurity,
    "MaintenanceState": MaintenanceState,
    "MitigationKind": Mitigation.Kind,
    "MitigationState": MitigationState,
    "MoveDirection": DIRECTIONS,
    "NormalRangeKind": RangeKind,
    "NotificationKind": NotificationKind,
    "OperationalState": STATES,
    "PayloadState": PayloadState,
    "PredictionComparison": Comparison,
    "PredictionState": ExpectationState,
    "Priority": Priority,
    "PublicationCheck": list(CHECKS),
    "RecoveryCheckKind": RecoveryCheck.KINDS,
    "ReportInterval": ReportEvery,
    "ReportKind": ReportKind,
    "RetrospectiveEntryKind": WRITTEN_KINDS,
    "RetrospectiveRule": RetrospectiveRule,
    "RetrospectiveSectionName": Section,
    "RetrospectiveSubject": Subject,
    "Scope": SCOPES,
    "ServiceImpact": ServiceImpact,
    "ServiceTier": Service.TIERS,
    "StatusPageAudience": PageAudience,
    "Theme": Theme,
    "TicketField": FIELD_NAMES,
    "TicketProblem": TICKET_PROBLEMS,
    "TicketSide": SIDES,
    "TicketState": TicketState,
    "TimelineKind": Kind,
    "TimelinePhase": Phase,
    "TrackerProblem": PROBLEMS,
    "TrackerProjectCreates": Creates,
    "TrackerState": TRACKER_STATES,
    "UpdateStage": Stage,
    "UsersAffected": ImpactAssessment.Share,
    "WebhookFormat": BodyFormat,
    "Weekday": WEEKDAYS,
    "YesNoUnknown": ImpactAssessment.Answer,
}


def values_of(choices: Any) -> list[Any]:
    """The values of a `TextChoices`, of pairs of value and label, or of a list."""
    if hasattr(choices, "values"):
        return [value for value in choices.values if value != ""]
    return [one[0] if isinstance(one, tuple) else one for one in choices]


NAMES = {frozenset(values_of(choices)): name for name, choices in CHOICES.items()}
