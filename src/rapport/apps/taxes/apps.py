"""Registers the app."""

from django.apps import AppConfig


class TaxesConfig(AppConfig):
    """Which tax papers there are, and which a program asks for."""

    name = "rapport.apps.taxes"
    label = "taxes"
