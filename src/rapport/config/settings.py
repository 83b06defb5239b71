"""Django's settings, worked out from the settings that the operator chose."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from rapport.config.databases import database
from rapport.config.env import environment, secret_key, variable, vault_file
from rapport.config.mail import MailServer
from rapport.config.sign_in import *  # noqa: F403 - the switches of signing in are Django settings like these

_chosen = environment()
_package = Path(__file__).resolve().parent.parent

# ---- where things lie -------------------------------------------------------------------------------------------
DATA_FOLDER = _chosen.data
JOURNAL_FOLDER = DATA_FOLDER / "journal"
LINKBOOK_FOLDER = DATA_FOLDER / "linkbook"
LAKE_FOLDER = DATA_FOLDER / "lake"
OUTBOX_FOLDER = DATA_FOLDER / "outbox"
IMPORTS_FOLDER = DATA_FOLDER / "imports"
REPLAYS_FOLDER = DATA_FOLDER / "replays"
IMPORT_MOST_BYTES = _chosen.import_most_mb * 1_000_000
IMPORT_KEPT_DAYS = _chosen.import_kept_days
DNS_SERVER = _chosen.dns_server
BACKUP_FOLDER = _chosen.backups
BACKUPS_KEPT = _chosen.backups_kept
BACKUP_NIGHTLY = _chosen.backup_nightly and not _chosen.demo
# What a backup of the folder lacks because a variable holds it.
SECRETS_IN_VARIABLES = [variable(name) for name in ("secret_key", "vault_keys") if variable(name) in os.environ]
PUBLIC_URL = _chosen.web_address
PAYPAL_SANDBOX_URL = _chosen.paypal_sandbox_url
EDGE_URL = _chosen.edge_address
EDGE_HEALTH_URL = f"http://{_chosen.host}:{_chosen.metrics_port}/healthz"
# A demo has no shop that could fall silent, and its story is not to be told twice.
MONITOR_MINUTES = 0 if _chosen.demo else _chosen.monitor_minutes
DEMO = _chosen.demo

# ---- the rooms --------------------------------------------------------------------------------------------------
# Doors are listed as soon as their package stands.
_doors = [
    f"rapport.doors.{name}"
    for name in ("ui", "console", "portal", "public", "api")
    if (_package / "doors" / name / "__init__.py").is_file()
]

INSTALLED_APPS = [
    # Base, road and doors, lowest first.
    "rapport.apps.record",
    "rapport.apps.jobs",
    "rapport.apps.identity",
    "rapport.apps.threads",
    "rapport.apps.delivery",
    "rapport.apps.ledger",
    "rapport.apps.rates",
    "rapport.apps.programs",
    "rapport.apps.replays",
    "rapport.apps.partners",
    "rapport.apps.tracking",
    "rapport.apps.conversions",
    "rapport.apps.imports",
    "rapport.apps.shops",
    "rapport.apps.outages",
    "rapport.apps.commissions",
    "rapport.apps.taxes",
    "rapport.apps.payouts",
    "rapport.apps.invoices",
    "rapport.doors",
    *_doors,
    "allauth",
    "allauth.account",
    "django_tasks",
    "django_tasks_db",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "django_htmx",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "rapport.doors.policy.ContentPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "rapport.doors.language.ReaderLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "rapport.doors.access.AccessMiddleware",
    "rapport.doors.sign_in.sessions.SessionLimits",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "rapport.config.urls"
WSGI_APPLICATION = "rapport.config.wsgi.application"

# ---- tables -----------------------------------------------------------------------------------------------------
DATABASES = {
    "default": database(
        _chosen.database_url.get_secret_value() if _chosen.database_url else None,
        data=DATA_FOLDER,
    ),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---- jobs -------------------------------------------------------------------------------------------------------
# "long" is for jobs of minutes: one place of each worker never takes them, so that short jobs need not wait.
TASKS: dict[str, Any] = {
    "default": {"BACKEND": "rapport.apps.jobs.backend.JobBackend", "QUEUES": ["default", "long"]},
}
WORKER_THREADS = _chosen.worker_threads

# ---- pages ------------------------------------------------------------------------------------------------------
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        ),
                    ],
                ),
            ],
            "builtins": ["django_cotton.templatetags.cotton", "template_partials.templatetags.partials"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "rapport.doors.sign_in.demo.demo_note",
            ],
        },
    },
]
COTTON_DIR = "cotton"
# A component sees what it is given and nothing of the page around it.
COTTON_ISOLATE_BY_DEFAULT = True

# What is longer than any file we take is refused before it is read.
FILE_UPLOAD_HANDLERS = [
    "rapport.doors.uploads.LimitedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

STATIC_URL = "/static/"
STATICFILES_DIRS = [path for path in (_package / "static",) if path.is_dir()]
# Built assets are committed with hashed names: they are served from where they lie, without a collecting step.
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_IMMUTABLE_FILE_TEST = r"/static/dist/.+\.[0-9a-f]{12}\.[0-9a-z]+$"

# ---- language and time ------------------------------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]  # each by its own name; teams read English
LOCALE_PATHS = [_package / "locale"]
FORMAT_MODULE_PATH = "rapport.config.formats"

# ---- who may come in --------------------------------------------------------------------------------------------
DEBUG = _chosen.debug
SECRET_KEY = secret_key(_chosen)
# Keys of what is encrypted at rest: the setting, or the file while there is none.
VAULT_KEYS = _chosen.vault_keys.get_secret_value() if _chosen.vault_keys else ""
VAULT_KEYS_FILE = vault_file(_chosen)
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", urlsplit(PUBLIC_URL).hostname or "", *_chosen.allowed_hosts]
AUTH_USER_MODEL = "identity.Person"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# A "__Host-" cookie is bound to this very host; browsers accept the name over TLS only.
_host_prefix = "__Host-" if _chosen.is_https else ""
SESSION_COOKIE_NAME = f"{_host_prefix}session"
SESSION_COOKIE_SECURE = _chosen.is_https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{_host_prefix}csrf"
CSRF_COOKIE_SECURE = _chosen.is_https
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if _chosen.is_https else []
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# ---- what may be reached from here --------------------------------------------------------------------------------
LOOPBACK_HOSTS = frozenset(_chosen.loopback_hosts)
# The register of VAT ids, asked only when somebody of finance presses the button.
VIES_URL = "https://ec.europa.eu/taxation_customs/vies/rest-api/check-vat-number"

# ---- exchange rates ------------------------------------------------------------------------------------------------
RATES_FETCH = _chosen.rates_fetch
RATES_URL = _chosen.rates_url
RATES_MOST_DAYS = _chosen.rates_most_days

# ---- what a browser may do --------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 86_400 if _chosen.is_https else 0
# Sending people from http to https belongs to the proxy that holds the certificate.
SILENCED_SYSTEM_CHECKS = ["security.W008"]

# ---- mail -------------------------------------------------------------------------------------------------------
# All mail goes through the outbox; a job hands it to the server, if there is one.
_server = MailServer.from_url(_chosen.smtp_url.get_secret_value() if _chosen.smtp_url else None)
EMAIL_BACKEND = "rapport.apps.delivery.backend.OutboxBackend"
EMAIL_HOST = "" if DEMO else _server.host  # nothing leaves a demo
EMAIL_PORT = _server.port
EMAIL_HOST_USER = _server.user
EMAIL_HOST_PASSWORD = _server.password
EMAIL_USE_SSL = _server.is_tls_from_start
EMAIL_USE_TLS = _server.is_tls_on_request
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = _chosen.mail_from
MAIL_BOUNCES = _chosen.mail_bounces
MAIL_DKIM_SELECTOR = _chosen.mail_dkim_selector
MAIL_BOUNCES_URL = _chosen.mail_bounces_url.get_secret_value() if _chosen.mail_bounces_url else ""

# ---- log --------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"secrets": {"()": "rapport.doors.redaction.SecretPaths"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets"]}},
    "root": {"handlers": ["stderr"], "level": _chosen.log_level},
}
