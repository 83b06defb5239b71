"""Registers the door."""

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """The door that is open to everybody."""

    name = "rapport.doors.public"
    label = "door_public"
