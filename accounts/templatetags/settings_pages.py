"""The sections of the settings, told once for the side list and for the page that leads there."""

from dataclasses import dataclass

from django import template
from django.template import Context
from django.urls import reverse

register = template.Library()


@dataclass(frozen=True)
class Section:
    icon: str
    label: str
    words: str
    route: str
    kind: str = ""
    for_all: bool = False

    @property
    def url(self) -> str:
        return reverse(self.route, args=[self.kind] if self.kind else [])


GROUPS = {
    "You": [
        Section("circle-user", "Profile", "Name, time zone, theme, sessions", "profile", for_all=True),
        Section(
            "bell",
            "My notifications",
            "E-mail, inbox, browser",
            "my_notifications",
            for_all=True,
        ),
    ],
    "Organisation": [
        Section("building-2", "Organisation", "Name, time zone, duty contact", "organisation"),
        Section("users", "People", "Accounts, roles and invitations", "settings_people"),
        Section("network", "Teams", "Who owns which service", "teams"),
        Section("globe", "Status pages", "Public and internal pages", "status_pages", for_all=True),
        Section(
            "notebook-pen",
            "Retrospectives",
            "Framing, days to reflect, time to read",
            "retrospective_settings",
        ),
        Section(
            "columns-3",
            "Formats",
            "Columns of retrospectives of releases, sprints and projects",
            "retrospective_formats",
        ),
        Section("coins", "Costs", "What an hour and a minute are assumed to cost", "cost_settings"),
        Section("rss", "Subscriptions", "Channels, addresses outside, executives", "subscriptions"),
    ],
    "Catalogue": [
        Section(
            "triangle-alert",
            "Severities",
            "Criteria, targets, cadences",
            "catalogue_list",
            "severities",
            True,
        ),
        Section("hard-hat", "Roles", "Commander, scribe and the rest", "catalogue_list", "roles", True),
        Section("boxes", "Services", "Owners, tiers, dependencies", "catalogue_list", "services", True),
        Section(
            "tags", "Incident types", "Categories, with their checklists", "catalogue_list", "types", True
        ),
        Section(
            "list-checks", "Checklists", "Tasks and recovery checks", "catalogue_list", "checklists", True
        ),
        Section("link", "Links", "Bridge, channel, dashboards", "catalogue_list", "links", True),
        Section("text-quote", "Messages", "The words updates start from", "message_list", for_all=True),
        Section("lightbulb", "Wording hints", "Phrases your organisation avoids", "hint_words"),
    ],
    "Monitoring": [
        Section("plug", "Integrations", "Where alerts and changes come in", "integrations"),
        Section("chart-line", "Signals", "Charts of services on incidents", "signals"),
        Section("play", "Automations", "Requests that people run on incidents", "automations"),
        Section("route", "Alert routes", "What alerts become", "alert_routes", for_all=True),
    ],
    "Backlog": [
        Section("ticket", "Trackers", "Action items synced with tickets", "trackers"),
    ],
    "Delivery": [
        Section("send", "Channels", "Webhooks, chat, e-mail", "channels"),
        Section("mailbox", "Deliveries", "Waiting and failed messages", "deliveries"),
    ],
    "Developers": [
        Section("key-round", "API tokens", "Access for scripts and programs", "tokens", for_all=True),
        Section(
            "book-open", "API reference", "Every operation, to read and to try", "api_docs", for_all=True
        ),
        Section("sparkles", "Assistants", "What AI assistants may do here", "assistants"),
    ],
    "History": [
        Section("file-down", "Import and export", "Incidents from and for elsewhere", "imports"),
    ],
    "Trust": [
        Section("scroll-text", "Audit trail", "Who changed what, when, from where", "settings_audit"),
        Section("activity", "System check", "Database, worker, clock, e-mail", "system"),
    ],
}


@register.simple_tag(takes_context=True)
def settings_sections(context: Context) -> list:
    """(group, sections) with what this person may open; `current` is the section being shown."""
    request = context["request"]
    shown = [
        (group, [s for s in sections if s.for_all or request.user.is_administrator])
        for group, sections in GROUPS.items()
    ]
    return [(group, sections) for group, sections in shown if sections]


@register.simple_tag(takes_context=True)
def is_current_section(context: Context, section: Section) -> bool:
    return context["request"].path.startswith(section.url)
