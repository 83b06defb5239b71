"""The address of the script for a shop's own pages."""

from django.urls import path

from rapport.doors.public import script

app_name = "script"
urlpatterns = [path("t.js", script.script, name="script")]
