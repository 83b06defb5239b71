"""Registers the door."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The door for programs."""

    name = "rapport.doors.api"
    label = "door_api"
