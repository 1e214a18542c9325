"""What Django checks before it starts: that every language of status pages is there."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register

from statuspages import catalogues


@register(Tags.translation)
def languages_are_compiled(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Without its compiled catalogue a page would be shown in English, and nobody would notice."""
    return [
        Error(
            f"{catalogues.compiled(language)} is missing.",
            hint="bin/start, bin/test and bin/_run install compile it.",
            id="statuspages.E001",
        )
        for language in catalogues.languages()
        if not catalogues.compiled(language).exists()
    ]
