"""The one settings module. Everything that differs between machines comes from the environment.

Two variables decide how ChargeNet runs: without ``DATABASE_URL`` it keeps SQLite in ``var/``; without
``REDIS_URL`` the channel layer and the task broker live in memory. See ``docs/operations.md``.
"""

import os
from pathlib import Path

import environ
from django.utils.translation import gettext_lazy as _

from chargenet.logs import logging_settings
from chargenet.secret_key import load_or_create_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").is_file():
    env.read_env(BASE_DIR / ".env")

VAR_DIR = Path(env.str("CHARGENET_VAR", str(BASE_DIR / "var")))
DATABASE_URL = env.str("DATABASE_URL", "")
REDIS_URL = env.str("REDIS_URL", "")
REDIS_PREFIX = env.str("REDIS_PREFIX", "chargenet")

DEBUG = env.bool("DEBUG", False)
# As it stands: to django-environ a value that begins with $ is the name of another variable.
SECRET_KEY = os.environ.get("SECRET_KEY") or load_or_create_secret_key(VAR_DIR)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"] if not DATABASE_URL else ["localhost", "127.0.0.1"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
BEHIND_TLS = env.bool("BEHIND_TLS", False)
# Whose X-Forwarded-For and -Proto are believed, by the server itself: Django reads what it made of them.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
# In which those proxies, and they alone, pass on the certificate that a charger showed them.
CLIENT_CERTIFICATE_HEADER = env("CLIENT_CERTIFICATE_HEADER", default="")
# CAs beside those kept in the portal whose client certificates chargers may show (security profile 3).
CLIENT_CA_FILES = env.list("CLIENT_CA_FILES", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.admin",
    "channels",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "django_filters",
    "django_tables2",
    "csp",
    "chargenet",
    "apps.core",
    "apps.accounts",
    "apps.sites",
    "apps.tariffs",
    "apps.drivers",
    "apps.chargers",
    "apps.sessions",
    "apps.energy",
    "apps.invoicing",
    "apps.maintenance",
    "apps.reports",
    "apps.gateway",
    "apps.portal",
    "apps.api",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "chargenet.urls"
ASGI_APPLICATION = "chargenet.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.portal.context.shell",
            ],
        },
    }
]

# --- data ---------------------------------------------------------------------------------------
if DATABASE_URL:
    DATABASES = {"default": env.db_url_config(DATABASE_URL)}
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": 1,
        "max_size": env.int("DATABASE_POOL_SIZE", 20),
        "timeout": 10,
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR_DIR / "chargenet.sqlite3",
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000;",
            },
            "TEST": {"NAME": env.str("CHARGENET_TEST_SQLITE", str(VAR_DIR / "test.sqlite3"))},
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

# --- messages between processes -----------------------------------------------------------------
if REDIS_URL:
    # redis-py ≥ 8 would apply a 5 s socket timeout to the layer's blocking reads; say it explicitly.
    _redis_host = {"address": REDIS_URL, "socket_timeout": None, "max_connections": 2000}
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": [_redis_host], "capacity": 10_000, "expiry": 30, "prefix": REDIS_PREFIX},
        }
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 10_000}}}

CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": f"{REDIS_PREFIX}."} if REDIS_URL else {"polling_interval": 0.2}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "apps.drivers.tasks.send_notices": {"queue": "mail"},
    "apps.invoicing.guest_tasks.drive_guests": {"queue": "default"},  # somebody waits at the charger
    "apps.invoicing.mail_tasks.*": {"queue": "mail"},
    "apps.invoicing.*": {"queue": "billing"},
    "apps.energy.*": {"queue": "load"},
}
CELERY_TASK_ACKS_LATE = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE = {
    "outbox": {"task": "apps.core.tasks.relay_outbox", "schedule": 5.0, "options": {"expires": 5}},
    "chargers": {"task": "apps.chargers.tasks.sweep", "schedule": 5.0, "options": {"expires": 5}},
    "certificates": {"task": "apps.chargers.tasks.sign_certificates", "schedule": 30.0, "options": {"expires": 30}},
    "certificate-renewal": {
        "task": "apps.chargers.tasks.renew_certificates",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "campaigns": {"task": "apps.chargers.tasks.drive_campaigns", "schedule": 10.0, "options": {"expires": 10}},
    "notices": {"task": "apps.drivers.tasks.send_notices", "schedule": 60.0, "options": {"expires": 60}},
    "transfers": {"task": "apps.chargers.tasks.tidy_transfers", "schedule": 900.0, "options": {"expires": 900}},
    "rollups": {"task": "apps.sessions.tasks.roll_up", "schedule": 30.0, "options": {"expires": 30}},
    "reservations": {
        "task": "apps.sessions.tasks.expire_reservations",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "local-lists": {"task": "apps.drivers.tasks.send_lists", "schedule": 5.0, "options": {"expires": 5}},
    "local-lists-new": {"task": "apps.drivers.tasks.find_lists", "schedule": 60.0, "options": {"expires": 60}},
    "customers": {"task": "apps.drivers.tasks.forget_customers", "schedule": 3600.0, "options": {"expires": 3600}},
    "prices": {"task": "apps.sessions.tasks.tell_prices", "schedule": 20.0, "options": {"expires": 20}},
    "sessions": {"task": "apps.sessions.tasks.sweep", "schedule": 300.0, "options": {"expires": 300}},
    "energy": {"task": "apps.energy.tasks.sweep", "schedule": 60.0, "options": {"expires": 60}},
    "deliveries": {"task": "apps.invoicing.mail_tasks.deliver", "schedule": 20.0, "options": {"expires": 20}},
    "billing-runs": {"task": "apps.invoicing.tasks.work_runs", "schedule": 10.0, "options": {"expires": 10}},
    "guests": {"task": "apps.invoicing.guest_tasks.drive_guests", "schedule": 5.0, "options": {"expires": 5}},
    "payments": {"task": "apps.invoicing.tasks.follow_payments", "schedule": 10.0, "options": {"expires": 10}},
    "bank": {"task": "apps.invoicing.tasks.follow_bank", "schedule": 60.0, "options": {"expires": 60}},
    "mandates": {
        "task": "apps.invoicing.tasks.end_unused_mandates",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "reminders": {"task": "apps.invoicing.tasks.send_reminders", "schedule": 3600.0, "options": {"expires": 3600}},
    "housekeeping": {"task": "apps.core.tasks.keep_house", "schedule": 3600.0, "options": {"expires": 3600}},
}

# --- people ---------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # that mail would offer to sign up
ACCOUNT_ADAPTER = "apps.portal.signin.AccountAdapter"
ACCOUNT_SESSION_REMEMBER = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are given by those who administer, nobody brings a foreign one
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:home"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
# Until it is said where mail goes, it is written to the log of the process.
globals().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("EMAIL_FROM", "ChargeNet <chargenet@localhost>")

# --- payments --------------------------------------------------------------------------------------
PAYMENT_PROVIDER = env.str("PAYMENT_PROVIDER", "dummy")  # of new payments: dummy or stripe
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", "")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", "")
# What the dummy provider does wrong: decline, lose, repeat, delay, away or answer_lost.
DUMMY_PAYMENTS = env.str("DUMMY_PAYMENTS", "")

# --- pages ----------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.str("STATIC_ROOT", None)  # only where files are collected, as the container image does
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'self'"],
    }
}
if PAYMENT_PROVIDER == "stripe":  # a form of ours may lead on to its payment page
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"].append("https://checkout.stripe.com")
DJANGO_TABLES2_TEMPLATE = "portal/kit/table.html"
FILTERS_EMPTY_CHOICE_LABEL = "Any"

# --- API --------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "apps.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PARSER_CLASSES": ["apps.api.parsers.JsonParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "apps.api.errors.exception_handler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "ChargeNet API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "StationStatus": "apps.chargers.choices.StationStatus",
        "ConnectorState": "apps.chargers.choices.ConnectorState",
        "TokenStatus": "apps.drivers.choices.TokenStatus",
        "SessionState": "apps.sessions.choices.SessionState",
        "BulkKind": "apps.chargers.choices.BulkKind",
        "SiteKind": "apps.sites.choices.SiteKind",
        "CommandState": "apps.chargers.choices.CommandState",
        "LogKind": "apps.chargers.transfer_choices.LogKind",
        "ListState": "apps.drivers.choices.ListState",
        "IdTokenType": "apps.api.v1.inputs.TOKEN_TYPES",
        "CertificateState": "apps.chargers.choices.CertificateState",
        "CertificateKind": "apps.chargers.choices.CertificateKind",
        "CertificateUse": "apps.chargers.choices.CertificateUse",
        "AccountKind": "apps.drivers.choices.AccountKind",
        "InvoiceKind": "apps.invoicing.choices.InvoiceKind",
        "PaymentMethodKind": "apps.invoicing.choices.PaymentMethodKind",
        "InvoiceState": "apps.invoicing.choices.InvoiceState",
        "InvoiceLineKind": "apps.invoicing.choices.LineKind",
        "BillingRunState": "apps.invoicing.choices.RunState",
    },
}

# --- chargers -----------------------------------------------------------------------------------------
OCPP_MAX_FRAME_BYTES = env.int("OCPP_MAX_FRAME_BYTES", 256 * 1024)
OCPP_HEARTBEAT_INTERVAL_S = env.int("OCPP_HEARTBEAT_INTERVAL_S", 300)
OCPP_PING_INTERVAL_S = env.int("OCPP_PING_INTERVAL_S", 30)
OCPP_PING_TIMEOUT_S = env.int("OCPP_PING_TIMEOUT_S", 20)
OCPP_CALL_TIMEOUT_S = env.int("OCPP_CALL_TIMEOUT_S", 30)
OCPP_OFFLINE_GRACE_S = env.int("OCPP_OFFLINE_GRACE_S", 20)
OCPP_JOURNAL_DAYS = env.int("OCPP_JOURNAL_DAYS", 90)
OCPP_STREAM_DAYS = env.int("OCPP_STREAM_DAYS", 90)
# Frames a charger may send per second before reading from its socket is slowed, and the burst allowed.
OCPP_FRAMES_PER_SECOND = env.int("OCPP_FRAMES_PER_SECOND", 50)

# --- certificates and Plug & Charge -------------------------------------------------------------------
# Who signs for stations: a class with the methods of CertificateAuthority. Days, and "rsa" or "ec", are of the own one.
CERTIFICATE_AUTHORITY = env.str(
    "CERTIFICATE_AUTHORITY", "apps.chargers.services.certificates.own_authority.OwnAuthority"
)
CERTIFICATE_AUTHORITY_URL = env.str("CERTIFICATE_AUTHORITY_URL", "")
CERTIFICATE_AUTHORITY_TOKEN = env.str("CERTIFICATE_AUTHORITY_TOKEN", "")
CERTIFICATE_AUTHORITY_ALGORITHM = env.str("CERTIFICATE_AUTHORITY_ALGORITHM", "rsa")
CERTIFICATE_DAYS = env.int("CERTIFICATE_DAYS", 365)
# Where contract certificates for vehicles come from: a class with the methods of ContractPool.
CONTRACT_POOL = env.str("CONTRACT_POOL", "apps.chargers.services.plug_and_charge.pools.DefaultPool")
CONTRACT_POOL_URL = env.str("CONTRACT_POOL_URL", "")
CONTRACT_POOL_TOKEN = env.str("CONTRACT_POOL_TOKEN", "")
# Hosts that may be asked although their address is not public (OCSP responders named by stations and vehicles).
OUTBOUND_ALLOWED_HOSTS = env.list("OUTBOUND_ALLOWED_HOSTS", default=[])
# How long a station waits for an answer that others have to be asked for.
OCPP_ONLINE_TIMEOUT_S = env.float("OCPP_ONLINE_TIMEOUT_S", 8.0)

# --- files of chargers ------------------------------------------------------------------------------------
# Where chargers reach this server by HTTP; empty: the address that the asking person used.
PUBLIC_URL = env.str("PUBLIC_URL", "").rstrip("/")
FILES_ROOT = Path(env.str("FILES_ROOT", str(VAR_DIR / "files")))
UPLOAD_MAX_MIB = env.int("UPLOAD_MAX_MIB", 100)
FIRMWARE_MAX_MIB = env.int("FIRMWARE_MAX_MIB", 1024)
FILES_KEPT_DAYS = env.int("FILES_KEPT_DAYS", 90)
# Our own key and certificate (PEM files) to sign firmware with that comes without a signature.
FIRMWARE_SIGNING_KEY = env.str("FIRMWARE_SIGNING_KEY", "")
FIRMWARE_SIGNING_CERTIFICATE = env.str("FIRMWARE_SIGNING_CERTIFICATE", "")

# Counters for Prometheus at /metrics, for networks where only the scraper can reach it.
METRICS_ENABLED = env.bool("METRICS_ENABLED", False)

# --- logs -----------------------------------------------------------------------------------------------
LOGGING = logging_settings(level=env.str("LOG_LEVEL", "INFO"), as_json=env.bool("LOG_JSON", bool(DATABASE_URL)))
