"""Celery's beat, without the application: it only sends the tasks of CELERY_BEAT_SCHEDULE by their names."""

import os

from celery import Celery

from config import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
broker.use()
app = Celery("allclear", fixups=[])
app.config_from_object("config.settings", namespace="CELERY")
