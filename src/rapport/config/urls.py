"""Addresses of the pages: each door brings its own list."""

from django.urls import include, path

urlpatterns = [
    # First, because addresses are tried in this order and orders come here.
    path("api/v1/", include("rapport.doors.api.urls")),
    path("", include("rapport.doors.sign_in.urls")),
    path("console/settings/", include("rapport.doors.console.settings.urls")),
    path("console/", include("rapport.doors.console.program.urls")),
    path("console/", include("rapport.doors.console.urls")),
    path("portal/", include("rapport.doors.portal.urls")),
    path("p/", include("rapport.doors.public.urls")),
    path("", include("rapport.doors.public.script_urls")),
    path("", include("rapport.doors.public.health_urls")),
    path("hooks/", include("rapport.doors.public.hook_urls")),
    path("", include("rapport.doors.public.receipt_urls")),
    path("schemas/", include("rapport.doors.public.schema_urls")),
    path("demo-shop/", include("rapport.doors.public.demo_urls")),
    path("design/", include("rapport.doors.ui.urls")),
]

handler403 = "rapport.doors.access.forbidden"
