"""Registers the app."""

from django.apps import AppConfig


class OutagesConfig(AppConfig):
    """Whether tracking is alive."""

    name = "rapport.apps.outages"
    label = "outages"
