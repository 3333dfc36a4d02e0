"""Django's settings. Every environment variable read here is documented in ``.env.example``.

With none set, Plenary runs on a laptop as it would in production: DEBUG off, hashed static files, an
embedded PostgreSQL. A deployment sets SECRET_KEY, ALLOWED_HOSTS and DATABASE_URL.
"""

import os
from datetime import timedelta
from pathlib import Path

from config import logs
from config.caches import cache_settings
from config.database import database_from_environment, replica_from_environment
from config.environment import one_of, text, whole_number
from config.production import check_production
from config.secret_key import secret_key_in

# One thread for each product of matrices, set before NumPy is loaded: ours are small, there are as many processes as
# cores, and threads that wait for a core that others use make a product ten times as slow.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

BASE_DIR = Path(__file__).resolve().parent.parent

# What this installation keeps outside the code: the embedded database, its secret key, collected static files.
HOME = Path(os.environ.get("PLENARY_HOME") or BASE_DIR / ".plenary").absolute()
BACKUP_DIR = Path(os.environ.get("BACKUP_DIR") or HOME / "backups").absolute()

DEBUG = os.environ.get("DEBUG", "") == "1"

# Where readers come from everywhere; what would be unsafe there is refused before anything starts.
PRODUCTION = os.environ.get("PRODUCTION", "") == "1"
HTTPS = os.environ.get("HTTPS", "") == "1"
ALLOWED_HOSTS = [host for host in os.environ.get("ALLOWED_HOSTS", "").replace(" ", "").split(",") if host]
if PRODUCTION:
    check_production(
        debug=DEBUG,
        secret_key=text("SECRET_KEY"),
        hosts=ALLOWED_HOSTS,
        https=HTTPS,
        database=text("DATABASE_URL"),
        proxies=os.environ.get("TRUSTED_PROXIES", "").strip(),
    )

SECRET_KEY = text("SECRET_KEY") or secret_key_in(HOME)
ALLOWED_HOSTS = ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]
# A name that begins with a dot stands for itself and for all below it.
CSRF_TRUSTED_ORIGINS = [
    f"https://{name}"
    for host in ALLOWED_HOSTS
    for name in ([host[1:], f"*{host}"] if host.startswith(".") else [host])
    if host not in ("*", "localhost", "127.0.0.1", "[::1]")
]

# Whom the contact page names. Errors are reported with a form, which needs no address.
CONTACT_EMAIL = os.environ.get("CONTACT_EMAIL", "")

INSTALLED_APPS = [
    "config",
    "web",
    "votes",
    "resolutions",
    "config.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_filters",
    "django_htmx",
    "config.apps.AxesConfig",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "web.serving.requests.observed",
    "web.serving.headers.with_headers",
    "web.serving.middleware.without_body_for_head",
    "web.serving.requests.for_machines",
    "django.middleware.security.SecurityMiddleware",
    "web.serving.middleware.with_language",
    "web.serving.replicas.from_replica",
    "web.serving.page_cache.PageCache",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.accounts.sessions.session_expiry",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "web.serving.limits.limited",
    "web.serving.unavailable.Unavailable",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"environment": "config.jinja.environment"},
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "django_templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    },
]

DATABASES = {"default": database_from_environment(), **replica_from_environment()}
# The record that a new site begins with: the one in data/record, or none but a few landmark votes.
RECORD = one_of("RECORD", ("none", "whole"), "whole")
DATABASE_ROUTERS = ["votes.record.databases.Router"]
# From how many seconds behind the primary a replica answers nobody.
REPLICA_MAX_LAG = whole_number("REPLICA_MAX_LAG", 10)
# How long a statement of a public page may take, in milliseconds; 0 for as long as it likes. A page that asks more is
# broken off and says so: it would take the database from all others.
PUBLIC_STATEMENT_TIMEOUT_MS = whole_number("PUBLIC_STATEMENT_TIMEOUT_MS", 5000, least=0)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# What tells from which address a request comes.
CLIENT_ADDRESS = "config.proxies.client_address"

# Logging in. Failures are counted for a name from an address: by name alone, anybody could lock out an editor, and by
# address alone, one editor everybody in the same office.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
AXES_FAILURE_LIMIT = whole_number("LOGIN_FAILURES", 5)
AXES_COOLOFF_TIME = timedelta(minutes=whole_number("LOGIN_WAIT_MINUTES", 15))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = CLIENT_ADDRESS
AXES_LOCKOUT_CALLABLE = "config.accounts.views.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # Who logged in and when Django keeps; from where is nobody's business.
AXES_ENABLE_ADMIN = False  # Ours is in config/admin.py.
AXES_VERBOSE = False

# One-time codes: each account may set them up; with REQUIRE_CODES, whoever may publish has to.
REQUIRE_CODES = os.environ.get("REQUIRE_CODES", "") == "1"
OTP_TOTP_ISSUER = "Plenary"

# Whether who entered a vote may publish it. By default somebody else does.
PUBLISH_OWN_ENTRIES = os.environ.get("PUBLISH_OWN_ENTRIES", "") == "1"

# In production every request over http is redirected to https, and HSTS lasts a year: a first deployment may set less.
# Subdomains and preload lists stay off unless they are set, since they bind other hosts or cannot be undone soon; so
# those two of Django's warnings are silenced.
TRUSTED_PROXIES = whole_number("TRUSTED_PROXIES", 0, least=0)
if HTTPS and TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # Asked from within, past the proxy.
SECURE_HSTS_SECONDS = whole_number("HSTS_SECONDS", 3600 * 24 * 365) if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = os.environ.get("HSTS_SUBDOMAINS", "") == "1"
SECURE_HSTS_PRELOAD = os.environ.get("HSTS_PRELOAD", "") == "1"
SILENCED_SYSTEM_CHECKS = [
    *([] if SECURE_HSTS_INCLUDE_SUBDOMAINS else ["security.W005"]),
    *([] if SECURE_HSTS_PRELOAD else ["security.W021"]),
]

# Cookies, which the admin alone sets. A session lasts a working day, and less where nothing is done. By https alone
# they carry the prefix with which a browser takes them from this very host and nobody else's.
if HTTPS:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SESSION_COOKIE_AGE = 3600 * whole_number("SESSION_HOURS", 12)
SESSION_IDLE_SECONDS = 60 * whole_number("SESSION_IDLE_MINUTES", 60)
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS

# What a request may carry. A megabyte of pasted text is three as a browser writes accents and punctuation, and a
# sheet of 193 rows has some 200 fields.
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024**2
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
FILE_UPLOAD_HANDLERS = [
    "config.uploads.RefusesLargeUploads",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# Public answers are kept whole: so many megabytes of them in each process, and with CACHE_URL, a Redis, for all. Other
# caches on the way to a reader may keep them for so many seconds, and as long again while they ask for a new one.
PAGE_CACHE = os.environ.get("PAGE_CACHE", "") != "0"
PAGE_CACHE_MB = whole_number("PAGE_CACHE_MB", 64)
SHARED_CACHE_SECONDS = whole_number("SHARED_CACHE_SECONDS", 60, least=0)
UNCACHED_PATHS: tuple[str, ...] = ("/admin/", "/static/", "/healthz", "/readyz", "/metrics")
CACHE_URL = text("CACHE_URL")

# The API: JSON alone, for anybody, so many requests a minute from one address. An entry of the cache is the times of
# an address's requests of the last minute.
API_REQUESTS_A_MINUTE = whole_number("API_REQUESTS_A_MINUTE", 300, least=0)
# The same for what pages and files are asked to select, where the answer is not kept: an office shares an address.
SELECTIONS_A_MINUTE = whole_number("SELECTIONS_A_MINUTE", 300, least=0)
# The same for error reports, from one network in an hour.
REPORTS_AN_HOUR = whole_number("REPORTS_AN_HOUR", 20, least=0)
CACHES = {"default": cache_settings(CACHE_URL), "throttle": cache_settings(CACHE_URL, "throttle")}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "web.api.errors.as_problem",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Plenary",
    "VERSION": "1",
    "DESCRIPTION": "Every recorded vote of the UN General Assembly and Security Council. The API is read-only. Rows "
    "have the same columns and values as the downloads; the codebook at /data/codebook/ explains them. Errors "
    "are problem details (RFC 9457).",
    "EXTERNAL_DOCS": {"url": "/api/", "description": "API guide"},
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # Words that two fields share stand with each: a reader has nothing to look up.
    "POSTPROCESSING_HOOKS": ["web.api.schema.without_marks"],
}

# What a page may load: files of our own, and nothing that stands in the page itself.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "upgrade-insecure-requests": PRODUCTION,
    }
}

# Mail, for new passwords and for answers to error reports. Without EMAIL_HOST none is sent, and the pages say so.
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_SECURITY = one_of("EMAIL_SECURITY", ("starttls", "tls", "none"), "starttls")
EMAIL_USE_TLS = EMAIL_SECURITY == "starttls"
EMAIL_USE_SSL = EMAIL_SECURITY == "tls"
EMAIL_PORT = whole_number("EMAIL_PORT", {"starttls": 587, "tls": 465, "none": 25}[EMAIL_SECURITY])
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = text("EMAIL_HOST_PASSWORD")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "") or "Plenary <plenary@localhost>"
PASSWORD_RESET_TIMEOUT = 3600 * 24

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
# How dates and numbers are written, on pages and in the admin: config/formats/.
FORMAT_MODULE_PATH = "config.formats"
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "config.static_files.Storage"
    },
}

SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"

# What is logged, and what is counted; see config/logs.py and web/serving/metrics.py.
LOGGING = logs.configuration()
LOG_ADDRESSES = logs.logs_addresses()
SLOW_QUERY_MS = whole_number("SLOW_QUERY_MS", 500, least=0)
METRICS_TOKEN = text("METRICS_TOKEN")
LAST_BACKUP = "config.backups.last_backup"
