"""The words of states: of components, incidents and maintenances, alone and in a headline."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext_lazy

STATE_WORDS: dict[str, Promise] = {
    "operational": gettext_lazy("Operational"),
    "under_maintenance": gettext_lazy("Under maintenance"),
    "degraded": gettext_lazy("Degraded performance"),
    "partial_outage": gettext_lazy("Partial outage"),
    "major_outage": gettext_lazy("Major outage"),
}
STATES_IN_A_SENTENCE: dict[str, Promise] = {
    "operational": pgettext_lazy("in a sentence", "operational"),
    "under_maintenance": pgettext_lazy("in a sentence", "under maintenance"),
    "degraded": pgettext_lazy("in a sentence", "degraded performance"),
    "partial_outage": pgettext_lazy("in a sentence", "partial outage"),
    "major_outage": pgettext_lazy("in a sentence", "major outage"),
}
STATUS_WORDS: dict[str, Promise] = {
    "Investigating": gettext_lazy("Investigating"),
    "Identified": gettext_lazy("Identified"),
    "Monitoring": gettext_lazy("Monitoring"),
    "Resolved": gettext_lazy("Resolved"),
    "Scheduled": pgettext_lazy("maintenance", "Scheduled"),
    "In progress": pgettext_lazy("maintenance", "In progress"),
    "Verifying": pgettext_lazy("maintenance", "Verifying"),
    "Completed": pgettext_lazy("maintenance", "Completed"),
    "Cancelled": pgettext_lazy("maintenance", "Cancelled"),
}
"""Of incidents and maintenances: the English word, which programs read, and what people read for it."""
ALL_HIT = {
    "degraded": ngettext_lazy(
        "%(names)s has degraded performance", "%(names)s have degraded performance", "count"
    ),
    "partial_outage": ngettext_lazy(
        "%(names)s has a partial outage", "%(names)s have a partial outage", "count"
    ),
    "major_outage": ngettext_lazy("%(names)s has a major outage", "%(names)s have a major outage", "count"),
}
SOME_HIT = {
    "degraded": ngettext_lazy(
        "%(count)d of %(all)d components has degraded performance",
        "%(count)d of %(all)d components have degraded performance",
        "count",
    ),
    "partial_outage": ngettext_lazy(
        "%(count)d of %(all)d components has a partial outage",
        "%(count)d of %(all)d components have a partial outage",
        "count",
    ),
    "major_outage": ngettext_lazy(
        "%(count)d of %(all)d components has a major outage",
        "%(count)d of %(all)d components have a major outage",
        "count",
    ),
}
