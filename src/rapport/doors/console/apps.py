"""Registers the door."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The team's door."""

    name = "rapport.doors.console"
    label = "door_console"
