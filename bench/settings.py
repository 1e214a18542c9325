"""The product's own settings, with two pages that are the floor and a header that counts queries."""

from config.settings import *  # noqa: F403 - the bench is the product, with a measuring rod beside it
from config.settings import LOGGING
from config.settings import MIDDLEWARE as PRODUCT

ROOT_URLCONF = "bench.urls"
MIDDLEWARE = ["bench.middleware.count_queries", *PRODUCT]
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
LOGGING["root"]["handlers"] = ["nowhere"]  # routes are tried, and some say no
API_RATE = "1000000 per minute"
