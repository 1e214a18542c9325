"""Celery: the broker only wakes workers, tasks look in the database for what is due."""

import os

from celery import Celery

from config import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
broker.use()
app = Celery("allclear")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add("notifications.worker:WithoutBroker")
