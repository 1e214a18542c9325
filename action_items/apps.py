from django.apps import AppConfig


class ActionItemsConfig(AppConfig):
    name = "action_items"
