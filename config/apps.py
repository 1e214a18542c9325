from django.apps import AppConfig


class AllclearConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        # Whoever rings the worker (web, commands) must ring on our broker, not on Celery's default one.
        from config import celery  # noqa: F401
