"""Addresses of signing in. Those of allauth are named one by one: what is not named here does not exist."""

from collections.abc import Callable

from allauth.account import views as allauth
from django.http import HttpResponseBase
from django.urls import path, re_path
from django.views.decorators.http import require_http_methods

from rapport.doors.access import public, signed_in
from rapport.doors.sign_in import demo, joining, outbox, views

View = Callable[..., HttpResponseBase]

_page = require_http_methods(["GET", "HEAD", "POST"])


def _open(view: View) -> View:
    """Let everybody open a view of allauth."""
    return _page(public(view))


def _own(view: View) -> View:
    """Let whoever signed in open a view of allauth."""
    return _page(signed_in(view))


urlpatterns = [
    path("", views.home, name="home"),
    path("account/", views.account, name="account"),
    path("start/<str:secret>", joining.start, name="start"),
    path("invitations/<str:secret>", joining.join, name="invitation"),
    path("outbox/", outbox.demo_outbox, name="demo-outbox"),
    path("demo/building/", demo.demo_building, name="demo-building"),
    path("demo/start/", demo.own_program, name="demo-start"),
    path("accounts/login/", _open(allauth.login), name="account_login"),
    # Says that sign-up is closed; allauth names this address in the letter to unknown addresses.
    path("accounts/signup/", _open(allauth.signup), name="account_signup"),
    path("accounts/logout/", _open(allauth.logout), name="account_logout"),
    path("accounts/inactive/", _open(allauth.account_inactive), name="account_inactive"),
    path("accounts/login/code/", _open(allauth.request_login_code), name="account_request_login_code"),
    path("accounts/login/code/confirm/", _open(allauth.confirm_login_code), name="account_confirm_login_code"),
    path("accounts/password/change/", _own(allauth.password_change), name="account_change_password"),
    path("accounts/password/set/", _own(allauth.password_set), name="account_set_password"),
    path("accounts/password/reset/", _open(allauth.password_reset), name="account_reset_password"),
    path("accounts/password/reset/done/", _open(allauth.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z_]+)-(?P<key>.+)/$",
        _open(allauth.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "accounts/password/reset/key/done/",
        _open(allauth.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
]
