"""Settings of signing in: allauth's switches, kept apart because they are read together."""

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "rapport.doors.sign_in.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Nobody types an address of their own into Rapport: people come by mailed or handed-over invitations.
ACCOUNT_EMAIL_VERIFICATION = "none"
# How long a session lasts is decided by its person's places (doors/sign_in/sessions.py), not by a tick box.
ACCOUNT_SESSION_REMEMBER = True
SESSION_COOKIE_AGE = 30 * 86_400

ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
PASSWORD_RESET_TIMEOUT = 4 * 3_600

# Known and unknown addresses get the same page, and both get a mail: the unknown one says that nobody signs in so.
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""

# Tries per network of the caller, and per account whoever tries.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,10/h/key",
    "request_login_code": "20/m/ip,3/m/key,20/h/key",
    "reset_password": "20/m/ip,3/m/key,10/h/key",
    "reset_password_from_key": "20/m/ip",
}
ALLAUTH_RATE_LIMIT_IPV6_PREFIX = 64

# The tries are counted here. Roomy, because a full cache forgets at random, and with it somebody's tries.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}
