"""Addresses of the program pages."""

from django.urls import path

from rapport.doors.console import commissions

app_name = "console"
urlpatterns = [
    path("<str:program_id>/commissions/<str:commission_id>/", commissions.commission, name="commission"),
]
