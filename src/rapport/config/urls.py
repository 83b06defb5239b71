"""Addresses of the pages: each door brings its own list."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
]
