"""What the web process of these tests runs with: the settings of the tests themselves."""

import os
from pathlib import Path

from tests.faults.settings import *  # noqa: F403
from tests.faults.settings import PASSWORD_HASHERS

DATA_DIR = Path(os.environ["DATA_DIR_OF_TESTS"])
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["tests.hashing.QuickScryptPasswordHasher", *PASSWORD_HASHERS[1:]]
