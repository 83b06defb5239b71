"""Registers the app."""

from django.apps import AppConfig


class RatesConfig(AppConfig):
    """What one currency was worth in another."""

    name = "rapport.apps.rates"
    label = "rates"
