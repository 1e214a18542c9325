from django.apps import AppConfig


class StatusPagesConfig(AppConfig):
    name = "statuspages"

    def ready(self) -> None:
        from statuspages import checks  # noqa: F401 - registers them
