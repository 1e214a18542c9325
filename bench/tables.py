"""Checks that every table has rows or a reason why it has none: a query of an empty table is always fast."""

from django.apps import apps

EMPTY = {
    "a few rows of one person, or of a few people": (
        "account.EmailAddress", "account.EmailConfirmation", "accounts.ApiToken", "accounts.Invitation",
        "accounts.SetupLink", "usersessions.UserSession", "subscribers.NotificationPreference",
        "subscribers.OutsideAddress", "subscribers.ReportWish", "retros.HintDismissal", "sessions.Session", "signals.Look",
    ),
    "settings, of which there are as many however many incidents there are": (
        "auth.Group", "alerts.RouteOutcome", "automations.Automation", "incidents.LinkTemplate", "insights.Annotation",
        "insights.Goal",
        "integrations.Mailbox", "retros.CostAssumptions", "retros.HintWord", "retros.RetrospectiveSettings",
        "retros.RoleRate", "signals.DataSource", "signals.Expectation", "signals.Signal", "statuspages.PageLogo",
        "statuspages.MaintenanceSeries",
    ),
    "kept only for as long as something lasts: an incident, a session, a delivery, a request": (
        "alerts.EarlyResolution", "alerts.Silence", "api.KeptAnswer", "assistants.UsedConfirmation",
        "incidents.Presence", "incidents.Snooze", "notifications.Destination", "notifications.Heartbeat",
        "retros.Ballot", "retros.ClosedQuestion", "retros.FinishedPart", "retros.VotedToken", "signals.Trial",
    ),
    "files that somebody asked for, and what was read from them": (
        "history.Export", "history.Import", "history.ImportedEntry", "history.RefusedEntry", "insights.InsightsPdf",
        "retros.Export",
    ),
    "read by an index, of one incident or retrospective": (
        "automations.AutomationRun", "incidents.BriefLink", "retros.CheckWaiver", "retros.DocumentUpdate",
        "retros.LearningGroup", "signals.SignalCheck",
    ),
    "read by workers, not by pages": (
        "action_items.ActionDigest", "action_items.ActionReminder", "retros.DueReminder",
    ),
    "samples of a signal, kept for 30 days": ("signals.SampleHour", "signals.UsualRange"),
    "states set by hand, of one component": ("statuspages.ComponentState",),
    "of the demo": ("demo.DemoTicket",),
}  # fmt: skip
"""Models without rows, by the reason."""


def check_tables() -> None:
    """Raises RuntimeError naming the models that are empty without a reason, or are there no more."""
    named = {name for names in EMPTY.values() for name in names}
    models = {model._meta.label: model for model in apps.get_models()}
    if gone := sorted(named - set(models)):
        raise RuntimeError("Take out of EMPTY what is no model:\n" + "\n".join(gone))
    found = {label for label, model in models.items() if not model._base_manager.exists()}
    if wrong := sorted(found - named):
        raise RuntimeError("Say in EMPTY why, or fill it in:\n" + "\n".join(wrong))
