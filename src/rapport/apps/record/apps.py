"""Registers the app."""

from django.apps import AppConfig


class RecordConfig(AppConfig):
    """The lowest app: every write above leaves its trace here."""

    name = "rapport.apps.record"
    label = "record"
