"""Settings, read from the environment by strict helpers. Importing them touches nothing outside.

The variables are listed in docs/operations.md.
"""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from alpr import embedded, environment

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = environment.data_folder()

DEMONSTRATION = environment.flag("ALPR_DEMONSTRATION", False)
DEBUG = environment.flag("ALPR_DEBUG", False)
SECRET_KEY = environment.text("ALPR_SECRET_KEY", "")
SECRET_KEY_IS_MADE_UP = not SECRET_KEY
if SECRET_KEY_IS_MADE_UP:
    SECRET_KEY = environment.passing_secret()
ALLOWED_HOSTS = environment.csv("ALPR_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = environment.csv("ALPR_TRUSTED_ORIGINS", "")
TRUSTED_PROXIES = environment.csv("ALPR_TRUSTED_PROXIES", "")

INSTALLED_APPS = [
    "alpr.apps.AlprConfig",
    "alpr.apps.RecordsAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "guardian",
    "auditlog",
    "rest_framework",
    "drf_spectacular",
    "django_q",
    "csp",
    "trail",
    "accounts",
    "training",
    "hotlists",
    "detections",
    "releases",
    "audits",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "trail.middleware.ActMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.middleware.NoticeMiddleware",
    "accounts.middleware.SessionEndMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "training.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "alpr.urls"
ASGI_APPLICATION = "alpr.asgi.application"

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
                "training.context.masthead",
            ],
        },
    }
]

# The database: PostgreSQL alone. Embedded in the data folder unless DATABASE_URL names another.
DATABASE_URL = environment.text("DATABASE_URL", "")
DATABASES: dict[str, Any] = {
    "default": environment.database(DATABASE_URL) if DATABASE_URL else embedded.connection_settings(DATA_DIR)
}
# Of a web process (alpr.keeping); workers and commands connect for each job.
CONNECTIONS_KEPT = environment.integer("ALPR_CONNECTIONS", 20, minimum=1)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en-us"
TIME_ZONE = environment.text("ALPR_TIME_ZONE", "America/Los_Angeles")
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["alpr.formats"]

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "documents", "directory_permissions_mode": 0o700},
    },
    # Images of detections: never under a public address, only through a view that checks and records.
    "evidence": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": DATA_DIR / "images",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    # Built evidence packages: handed out through a view that checks and records.
    "packages": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": DATA_DIR / "packages",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Where sources put the files of lists; read every minute, never written to.
LISTS_FOLDER = environment.text("ALPR_LISTS_FOLDER", str(DATA_DIR / "lists"))
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# Sign-in: allauth with a second factor, axes for the lock (CJIS AC-7: 5 failures, released by a person).
AUTH_USER_MODEL = "accounts.Member"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.sign_in.MemberAdapter"
MFA_ADAPTER = "accounts.sign_in.SecondFactorAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "sign_in_name"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
# The lock below counts failures, by name; a whole station behind one address must not be slowed for one name.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": None}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PRESERVE_USERNAME_CASING = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Plate reader records"
SECOND_FACTOR_REQUIRED = environment.flag("ALPR_SECOND_FACTOR_REQUIRED", not DEMONSTRATION)
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_HANDLER = "accounts.lock.NameLock"
AXES_FAILURE_LIMIT = "accounts.lock.failures_allowed"
AXES_USERNAME_CALLABLE = "accounts.lock.counted_name"
AXES_COOLOFF_TIME = None
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_FORM_FIELD = "login"
AXES_LOCKOUT_CALLABLE = "accounts.sign_in.locked_out"
AXES_CLIENT_IP_CALLABLE = "trail.context.client_address"
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "login", "code", "csrfmiddlewaretoken"]
AXES_VERBOSE = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Sessions: idle lock (CJIS AC-11) and a fresh sign-in every 12 hours (IA-11).
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
IDLE_LOCK_EXEMPT_NETWORKS = environment.csv("ALPR_IDLE_LOCK_EXEMPT_NETWORKS", "")
HTTPS = environment.flag("ALPR_HTTPS", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# Row permissions: on small parents alone, and never through a superuser's shortcut.
ANONYMOUS_USER_NAME = None
GUARDIAN_RAISE_403 = True
GUARDIAN_MONKEY_PATCH_USER = False

# axes.W006: a lock by address would lock a whole station. guardian.W001: the gate asks guardian itself, so
# that no backend's shortcut for superusers can answer for it.
SILENCED_SYSTEM_CHECKS = ["axes.W006", "guardian.W001"]

# The trail: auditlog writes its row changes into our own append-only table.
AUDITLOG_LOGENTRY_MODEL = "trail.Event"
AUDITLOG_INCLUDE_ALL_MODELS = False
AUDITLOG_DISABLE_REMOTE_ADDR = True

# Jobs: at least once, so every job may run twice. `retry` stands well over `timeout`.
Q_CLUSTER = {
    "name": "records",
    "orm": "default",
    "workers": environment.integer("ALPR_WORKERS", 1),
    "timeout": 120,
    "retry": 300,
    "max_attempts": 5,
    "bulk": 1,
    "queue_limit": 4,
    "poll": 0.5,
    "ack_failures": False,
    "catch_up": False,
    "save_limit": 1000,
    "label": "Jobs",
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "training.api.errors.answer",
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "SCHEMA_COERCE_PATH_PK": False,
    "DEFAULT_THROTTLE_RATES": {"reader": environment.text("ALPR_READER_RATE", "6000/min"), "list": "60/min"},
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Plate reader records",
    "DESCRIPTION": "What readers, vehicles and sources of hot lists send, and what they are answered.",
    "VERSION": "1",
}

# Reading plates.
ALPR_PLATE_READER = environment.text("ALPR_PLATE_READER", "rapidocr")
ALPR_EASYOCR_FOLDER = environment.text("ALPR_EASYOCR_FOLDER", str(DATA_DIR / "easyocr"))
ALPR_EASYOCR_NETWORK = environment.text("ALPR_EASYOCR_NETWORK", "")
IMAGE_MAX_BYTES = environment.integer("ALPR_IMAGE_MAX_BYTES", 15 * 1024 * 1024)
IMAGE_MAX_PIXELS = environment.integer("ALPR_IMAGE_MAX_PIXELS", 40_000_000)
# Findings of swapped and counterfeit plates: the least speed that no vehicle goes, and how sure a read
# must be.
FINDING_KMH = environment.integer("ALPR_FINDING_KMH", 200, minimum=100)
FINDING_CONFIDENCE = environment.integer("ALPR_FINDING_CONFIDENCE", 90, minimum=50)
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": environment.text("ALPR_LOG_LEVEL", "WARNING")},
}
