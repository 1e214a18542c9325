from django.apps import AppConfig
from django.conf import settings

from trackers.kinds import ALL, KINDS, KindFacts


class DemoConfig(AppConfig):
    name = "demo"

    def ready(self) -> None:
        """Its tracker is a kind as those of other packages are."""
        KINDS["demo"] = KindFacts(
            client="demo.tracker.Client",
            name="Demo tracker",
            initials="DT",
            words="Made up by Allclear, to try what a tracker does",
            address=f"{settings.PUBLIC_URL}/demo/tickets",
            fields=ALL,
            has_labels=False,
            tells_changes=True,
            offered_if="demo.tickets.is_loaded",
            steps=(
                "Nothing is to be done there. This tracker is part of the demo.",
                "Any word is taken as its token.",
            ),
        )
