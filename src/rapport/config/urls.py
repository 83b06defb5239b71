"""Addresses of the pages: each door brings its own list."""

from django.urls import include, path

urlpatterns = [
    path("", include("rapport.doors.sign_in.urls")),
    path("console/settings/", include("rapport.doors.console.settings.urls")),
    path("design/", include("rapport.doors.ui.urls")),
]

handler403 = "rapport.doors.access.forbidden"
