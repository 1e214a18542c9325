from django.apps import AppConfig


class AllclearConfig(AppConfig):
    name = "config"
