"""Addresses of the public pages."""

from django.urls import path

from rapport.doors.public import applications, program

app_name = "public"
urlpatterns = [
    path("<slug:slug>", program.program, name="program"),
    path("<slug:slug>/thanks", program.thanks, name="thanks"),
    path("<slug:slug>/applications/<str:secret>", applications.application, name="application"),
]
