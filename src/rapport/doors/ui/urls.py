"""Addresses of the pages that belong to no door: the page of all components."""

from django.urls import path

from rapport.doors.ui import views

app_name = "ui"

urlpatterns = [
    path("", views.design, name="design"),
    path("portal/", views.design_portal, name="design-portal"),
    path("public/", views.design_public, name="design-public"),
    path("focus/", views.design_focus, name="design-focus"),
]
