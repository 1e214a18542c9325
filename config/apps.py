from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class AllclearConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        # Whoever rings the worker (web, commands) must ring on our broker, not on Celery's default one.
        from config import celery  # noqa: F401


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
