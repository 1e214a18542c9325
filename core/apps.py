from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class CoreConfig(AppConfig):
    name = "core"


class StaticFiles(StaticFilesConfig):
    """Without the files of libraries that no page loads: compressing them takes most of the time."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "rest_framework",
        "ext",
        "django_htmx/htm?-4*",
        "django_htmx/htmax-4*",
        "django_htmx/htmx-2.js",
        "django_htmx/django-htmx.js",
    ]
