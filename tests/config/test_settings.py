"""What Django makes of the settings: cookies, headers, hosts."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

SHOW = """
import json, sys
from rapport.config import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))
"""


def settings_with(*names: str, **variables: str) -> dict[str, object]:
    """Return Django settings as another installation would have them."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
    shown = subprocess.run(
        [sys.executable, "-c", SHOW, *names], env={**inherited, **variables}, capture_output=True, check=True
    )
    found: dict[str, object] = json.loads(shown.stdout)
    return found


def test_over_https_cookies_are_bound_to_the_host_and_never_sent_in_the_open(tmp_path: Path) -> None:
    names = ("SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_NAME", "CSRF_COOKIE_SECURE")
    found = settings_with(*names, RAPPORT_DATA=str(tmp_path), RAPPORT_PUBLIC_URL="https://partners.example.com")
    assert list(found.values()) == ["__Host-session", True, "__Host-csrf", True]


def test_over_https_browsers_are_told_to_stay_there(tmp_path: Path) -> None:
    names = ("SECURE_HSTS_SECONDS", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "PUBLIC_URL")
    found = settings_with(*names, RAPPORT_DATA=str(tmp_path), RAPPORT_PUBLIC_URL="https://partners.example.com/")
    assert found["SECURE_HSTS_SECONDS"] == 31_536_000
    assert "partners.example.com" in str(found["ALLOWED_HOSTS"])
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://partners.example.com"]
    assert found["PUBLIC_URL"] == "https://partners.example.com"


def test_on_this_machine_cookies_work_without_https() -> None:
    assert (settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE) == ("session", False)
    assert (settings.SESSION_COOKIE_HTTPONLY, settings.SESSION_COOKIE_SAMESITE) == (True, "Lax")


def test_reading_the_settings_writes_nothing(tmp_path: Path) -> None:
    settings_with("PUBLIC_URL", RAPPORT_DATA=str(tmp_path / "untouched"))
    assert not (tmp_path / "untouched").exists()


@pytest.mark.django_db
def test_pages_forbid_foreign_scripts_and_frames() -> None:
    answer = Client().get("/accounts/login/", headers={"host": "localhost"})
    rules = answer.headers["Content-Security-Policy"]
    for rule in ("script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "object-src 'none'"):
        assert rule in rules.split("; ")
    assert "unsafe" not in rules
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
def test_a_foreign_host_name_is_refused() -> None:
    assert Client().get("/accounts/login/", headers={"host": "evil.example"}).status_code == 400


def test_the_address_of_a_visitor_is_believed_from_a_trusted_proxy_alone(tmp_path: Path) -> None:
    program = """
import sys
from rapport.config.wsgi import application
wsgi_environ = {"REMOTE_ADDR": sys.argv[1], "HTTP_X_FORWARDED_FOR": "203.0.113.9", "HTTP_X_FORWARDED_PROTO": "https",
    "REQUEST_METHOD": "GET", "PATH_INFO": "/static/dist/manifest.json", "SERVER_NAME": "localhost", "SERVER_PORT": "80",
    "wsgi.url_scheme": "http", "wsgi.input": sys.stdin.buffer, "HTTP_HOST": "localhost"}
application(wsgi_environ, lambda *_: None)
print(wsgi_environ["REMOTE_ADDR"], wsgi_environ["wsgi.url_scheme"])
"""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
    variables = {"RAPPORT_DATA": str(tmp_path), "RAPPORT_TRUSTED_PROXIES": "10.0.0.0/8"}
    seen = [
        subprocess.run(
            [sys.executable, "-c", program, caller],
            env={**inherited, **variables},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for caller in ("10.1.2.3", "198.51.100.7")
    ]
    assert seen == [["203.0.113.9", "https"], ["198.51.100.7", "http"]]
