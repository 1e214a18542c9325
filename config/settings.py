"""The one settings file. The environment is read here, once; a bad value stops the start with its name."""

import os
from datetime import timedelta
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from config.hooks import ACTION_ITEM_HOOKS as ACTION_ITEM_HOOKS
from config.hooks import ALERT_HOOKS as ALERT_HOOKS
from config.hooks import INCIDENT_HOOKS as INCIDENT_HOOKS
from config.jobs import JOBS as JOBS
from config.openapi import SPECTACULAR_SETTINGS as SPECTACULAR_SETTINGS
from core.listening import address_of
from core.postgres import connection_settings
from core.private_files import PRIVATE_UMASK
from core.secret import load_or_create_secret

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

os.umask(PRIVATE_UMASK)
DATA_DIR = Path(env.str("ALLCLEAR_DATA", default=str(BASE_DIR / "var"))).absolute()
DEBUG = env.bool("ALLCLEAR_DEBUG", default=False)
DEMO = env.bool("ALLCLEAR_DEMO", default=False)
HOST = env.str("ALLCLEAR_HOST", default="127.0.0.1")
PORT = env.int("ALLCLEAR_PORT", default=8000)
WEB_PROCESSES = env.int("ALLCLEAR_WEB_PROCESSES", default=1)
PUBLIC_URL = env.str("ALLCLEAR_URL", default=f"http://localhost:{PORT}").rstrip("/")
HTTPS = PUBLIC_URL.startswith("https://")
SECRET_KEY = env.str("ALLCLEAR_SECRET_KEY", default="") or load_or_create_secret(DATA_DIR)
ALLOWED_HOSTS = env.list("ALLCLEAR_HOSTS", default=["localhost", "127.0.0.1", "[::1]", ".localhost"])
if (public_host := environ.urlparse(PUBLIC_URL).hostname) and public_host not in ALLOWED_HOSTS:
    ALLOWED_HOSTS.append(public_host)
STATUS_HOSTS = [  # serve a status page and nothing else
    host.strip().lower().rstrip(".") for host in env.list("ALLCLEAR_STATUS_HOSTS", default=[])
]
ALLOWED_HOSTS += STATUS_HOSTS

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "core.apps.StaticFiles",
    "django.forms",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "audit",
    "accounts",
    "notifications",
    "incidents",
    "timeline",
    "retros",
    "action_items",
    "alerts",
    "signals",
    "automations",
    "trackers",
    "integrations",
    "subscribers",
    "statuspages",
    "history",
    "insights",
    "live",
    "events",
    "replay",
    "shell",
    "api",
    "configuration",
    "assistants",
    "demo",
    "launcher",
    "core.apps.CoreConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads against BREACH by itself
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "core.middleware.NullCharacterMiddleware",
    "statuspages.middleware.StatusPagesMiddleware",  # before everything that asks the database
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.middleware.ExtraSlashMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "core.middleware.FragmentsApartMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.PersonMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATE_LOADERS = ["core.template_loaders.FilesystemLoader", "core.template_loaders.AppDirectoriesLoader"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [("django.template.loaders.cached.Loader", TEMPLATE_LOADERS)],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "core.templatetags.allclear",
                "core.templatetags.joined",
                "core.templatetags.keys",
                "core.templatetags.refused_forms",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shell.context.shell",
            ],
        },
    }
]
FORM_RENDERER = "core.forms.AllclearRenderer"

# -- storage -----------------------------------------------------------------------------------------------

POSTGRES_BIN = env.str("ALLCLEAR_POSTGRES_BIN", default="")
EMBEDDED_DATABASE = "DATABASE_URL" not in os.environ
if EMBEDDED_DATABASE:
    DATABASES = {"default": connection_settings(DATA_DIR)}
else:
    DATABASES = {"default": env.db("DATABASE_URL")}
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database: postgres://user@host/name")
DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}
# A host that takes the packet and never answers must not hold a page for minutes: status pages fall back to copies.
DATABASES["default"]["OPTIONS"] = {"connect_timeout": 3} | DATABASES["default"].get("OPTIONS", {})
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
MEDIA_ROOT = DATA_DIR / "uploads"
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
MEDIA_URL = "/uploads/"  # never served by path: evidence is streamed by a view that checks reach
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_entries"}
    )
}
IMPORT_MAX_BYTES = env.int("ALLCLEAR_IMPORT_MAX_BYTES", default=100 * 1000 * 1000)
REQUEST_SECONDS = env.int("ALLCLEAR_REQUEST_SECONDS", default=60)
"""How long one request may work before it is stopped and answered with an error."""
UPLOAD_MAX_BYTES = env.int("ALLCLEAR_UPLOAD_MAX_BYTES", default=10 * 1024 * 1024)

# -- people ------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.InvitationOnlyAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "reset_password": "accounts.forms.ForgottenPasswordForm",
    "reset_password_from_key": "accounts.forms.NewPasswordForm",
}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation, answered, has proved the address
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {
    "login_failed": "",  # accounts.adapter counts those by account, device and address
    "login": "30/m/ip",
    "reset_password": "20/m/ip,5/m/key",
}
USERSESSIONS_TRACK_ACTIVITY = False  # every request would write; accounts.middleware does it now and then
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("ALLCLEAR_PROXY_COUNT", default=0)

SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())  # idle: counted from the last activity noted
SESSION_SAVE_EVERY_REQUEST = False
SESSION_ABSOLUTE_AGE = timedelta(days=30)
SESSION_ACTIVITY_EVERY = timedelta(minutes=5)
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
DEVICE_COOKIE_NAME = "__Host-device" if HTTPS else "device"
DEVICE_COOKIE_AGE = int(timedelta(days=365).total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS and env.bool("ALLCLEAR_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = ["^healthz$"]  # a probe asks this process, not the proxy that speaks https
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if env.bool("ALLCLEAR_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "connect-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}

# -- the API -----------------------------------------------------------------------------------------------

# Requests of one token, as the library `limits` writes it; an account has a few times as many for all of its tokens
# (api/rates.py). Without a token they are counted by address.
API_RATE = env.str("ALLCLEAR_API_RATE", default="600 per minute")
API_RATE_UNKNOWN = "60 per minute"
API_OPERATIONS = ["configuration.operations"]  # modules of apps above the API that add operations to it
REST_FRAMEWORK = {"EXCEPTION_HANDLER": "api.errors.answer_error"}
REST_FRAMEWORK["DEFAULT_SCHEMA_CLASS"] = "drf_spectacular.openapi.AutoSchema"

# -- words and time ----------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
# For readers of status pages. Nothing here reads Accept-Language, so that all else stays English.
USE_I18N = True
LANGUAGES = [
    ("en", "English"),
    ("de", "German"),
    ("fr", "French"),
    ("es", "Spanish"),
    ("pt-br", "Portuguese (Brazil)"),
    ("ja", "Japanese"),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
REFERENCE_PREFIX = env.str("ALLCLEAR_REFERENCE_PREFIX", default="INC")

# -- mail --------------------------------------------------------------------------------------------------

SMTP_URL = env.str("SMTP_URL", default="")
if SMTP_URL:
    mail = env.email_url("SMTP_URL")
    EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = mail["EMAIL_BACKEND"], mail["EMAIL_HOST"], mail["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = mail["EMAIL_HOST_USER"], mail["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS, EMAIL_USE_SSL = mail.get("EMAIL_USE_TLS", False), mail.get("EMAIL_USE_SSL", False)
    EMAIL_TIMEOUT = 10
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = env.str("ALLCLEAR_FROM_EMAIL", default="allclear@localhost")

# -- work in the background: the broker only wakes workers, the database decides -------------------------------

BROKER_DIR = DATA_DIR / "broker"
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {}
    if REDIS_URL
    else {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
        "store_processed": False,
    }
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # in memory: nothing that a kill could leave half written
CELERY_BROKER_CONNECTION_MAX_RETRIES = (
    None  # for ever: work goes on without a broker, which is tried again and again
)
CELERY_BEAT_SCHEDULE = {
    # Workers are woken by PostgreSQL and know what is due next; this is for a notification that was lost.
    "wake": {"task": "notifications.tasks.look_for_work", "schedule": 60.0, "options": {"expires": 50}}
}
OUTBOX_CONSUMERS = [
    "subscribers.announcements.routing.consume",
    "subscribers.announcements.action_items.consume",
    "subscribers.announcements.retrospectives.consume",
    "statuspages.publishing.consume",
    "api.webhooks.consume",
    "automations.workflow.calling.consume",
    "trackers.workflow.following.consume",
]
"""Dotted paths to `consume(message)`: called once or more about everything that happened; writes what must be sent."""
AUDIENCE_READERS = [
    "subscribers.recipients.audiences_subscribed",
    "statuspages.recipients.audiences_on_pages",
]
"""Dotted paths to functions of an incident that return the audiences in which somebody reads its updates."""
DELIVERY_REACH = {
    "incident": "incidents.models.people.incidents_for",
    "retrospective": "retros.access.retrospectives_for",
    "action": "action_items.access.action_items_for",
    "alert": "alerts.models.alert.alerts_for",
    "report": "subscribers.models.reports_for",
} | dict.fromkeys(["", "test", "sign-in", "invitation", "outside", "status page", "maintenance"], "")
"""What a message is about, and the dotted path to the rows of that which a reader (None: an address or channel) may
open. Empty: nothing private is in it. What is not named here is hidden from everybody."""
AUDITED_NAMES = {
    "task": "incidents.Task",
    "update": "incidents.StatusUpdate",
    "corrects": "incidents.StatusUpdate",
    "hypothesis": "incidents.Hypothesis",
    "mitigation": "incidents.Mitigation",
    "change": "incidents.ChangeEvent",
    "check": "incidents.RecoveryCheck",
    "user": "accounts.User",
    "event": "timeline.TimelineEvent",
}
"""What a number in the audit trail stands for, by the name it is recorded under."""
AUDITED_MODELS = ["incidents.Incident", "retros.Retrospective", "action_items.ActionItem"]
"""Models with a `chain` in the audit trail: `verify_audit` misses one that was removed."""
OUTBOUND_ALLOW = env.list("ALLCLEAR_OUTBOUND_ALLOW", default=[])
if DEMO:  # it listens on this machine only, and reads its own made-up measurements
    OUTBOUND_ALLOW += ["localhost", "127.0.0.1/32", "::1/128"]
"""Networks (10.0.0.0/8) and host names of one's own that channels may call; beyond them, public addresses only."""

SMTP_LISTEN = env.str("ALLCLEAR_SMTP_LISTEN", default="")
"""Where e-mail for integrations is taken, such as 127.0.0.1:2525; nowhere by default."""
SMTP_HOST, SMTP_PORT = address_of("ALLCLEAR_SMTP_LISTEN", SMTP_LISTEN, default=("127.0.0.1", 2525))
MAIL_DOMAIN = env.str("ALLCLEAR_MAIL_DOMAIN", default=public_host or "localhost").strip().lower().rstrip(".")
"""What stands behind the @ in the addresses of integrations."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "class": "core.logs.MaskingFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    # Addresses of chat services hold their secrets, and a library's lines may repeat them.
    "loggers": {"apprise": {"handlers": ["nowhere"], "propagate": False}},
    "root": {"handlers": ["console"], "level": env.str("ALLCLEAR_LOG_LEVEL", default="WARNING")},
}
