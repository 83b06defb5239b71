"""Registers the door."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The door of partners."""

    name = "rapport.doors.portal"
    label = "door_portal"
