"""Registers the app."""

from django.apps import AppConfig


class ConversionsConfig(AppConfig):
    """What merchants report."""

    name = "rapport.apps.conversions"
    label = "conversions"
