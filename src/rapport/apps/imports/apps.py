"""Registers the app."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """Files in: profiles, runs and returns that name no order."""

    name = "rapport.apps.imports"
    label = "imports"
