"""The address that monitors ask."""

from django.urls import path

from rapport.doors.public import health

app_name = "health"
urlpatterns = [path("healthz", health.healthz, name="healthz")]
