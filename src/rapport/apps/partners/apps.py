"""Registers the app."""

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """Who promotes, and on which terms."""

    name = "rapport.apps.partners"
    label = "partners"
