"""What the processes of these tests run with: the product's settings on the test's database, and one more consumer."""

import json
import os

from config.settings import *  # noqa: F403
from config.settings import DATABASES, OUTBOX_CONSUMERS

DATABASES["default"] |= json.loads(os.environ["FAULTS_DATABASE"])
OUTBOX_CONSUMERS = [*OUTBOX_CONSUMERS, "tests.faults.consumer.consume"]
