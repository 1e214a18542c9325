"""What a worker does without being asked: it sends, and it runs every sweep itself, so that no broker is needed."""

import logging
import threading
from typing import Any

from celery import bootsteps
from django.conf import settings
from django.db import Error, connection
from django.utils.module_loading import import_string

from notifications.sender import Sender

SWEEP_EVERY = 3.0  # seconds
STOP_WITHIN = 1.5  # seconds; the supervisor gives a worker two
logger = logging.getLogger(__name__)
sender: Sender | None = None


class Sweeper:
    """One thread per sweep, so that a slow one holds up no other."""

    def __init__(self, name: str) -> None:
        self.name, self._ended = name, threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()

    def _run(self) -> None:
        task = import_string(self.name)
        while not self._ended.wait(SWEEP_EVERY):
            try:
                task()
            except Error as error:
                logger.warning("%s waits for the database: %s", self.name, type(error).__name__)
                connection.close()
            except Exception:
                logger.exception("%s failed and will be run again", self.name)
                connection.close()
        connection.close()


class WithoutBroker(bootsteps.StartStopStep):
    """Starts before the worker looks for its broker, and goes on while there is none."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        super().__init__(parent, **kwargs)
        self._sweepers: list[Sweeper] = []

    def start(self, parent: Any) -> None:
        global sender
        sender = Sender()
        sender.start()
        self._sweepers = [Sweeper(name) for name in settings.SWEEPS]
        for sweeper in self._sweepers:
            sweeper.start()

    def stop(self, parent: Any) -> None:
        for sweeper in self._sweepers:
            sweeper.stop()
        if sender:
            sender.stop(STOP_WITHIN)
