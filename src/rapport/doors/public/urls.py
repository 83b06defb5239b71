"""Addresses of the public pages."""

from django.urls import path

from rapport.doors.public import applications

app_name = "public"
urlpatterns = [
    path("<slug:slug>/applications/<str:secret>", applications.application, name="application"),
]
