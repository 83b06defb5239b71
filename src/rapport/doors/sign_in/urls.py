"""Addresses of signing in. Those of allauth are named one by one: what is not named here does not exist."""

from allauth.account import views as allauth
from django.urls import path, re_path

from rapport.doors.access import public, signed_in
from rapport.doors.sign_in import joining, outbox, views

urlpatterns = [
    path("", views.home, name="home"),
    path("account/", views.account, name="account"),
    path("start/<str:secret>", joining.start, name="start"),
    path("invitations/<str:secret>", joining.join, name="invitation"),
    path("outbox/", outbox.demo_outbox, name="demo-outbox"),
    path("accounts/login/", public(allauth.login), name="account_login"),
    # Says that sign-up is closed; allauth names this address in the letter to unknown addresses.
    path("accounts/signup/", public(allauth.signup), name="account_signup"),
    path("accounts/logout/", public(allauth.logout), name="account_logout"),
    path("accounts/inactive/", public(allauth.account_inactive), name="account_inactive"),
    path("accounts/login/code/", public(allauth.request_login_code), name="account_request_login_code"),
    path("accounts/login/code/confirm/", public(allauth.confirm_login_code), name="account_confirm_login_code"),
    path("accounts/password/change/", signed_in(allauth.password_change), name="account_change_password"),
    path("accounts/password/set/", signed_in(allauth.password_set), name="account_set_password"),
    path("accounts/password/reset/", public(allauth.password_reset), name="account_reset_password"),
    path("accounts/password/reset/done/", public(allauth.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z_]+)-(?P<key>.+)/$",
        public(allauth.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "accounts/password/reset/key/done/",
        public(allauth.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
]
