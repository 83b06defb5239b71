"""Registers the app."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """What leaves the house."""

    name = "rapport.apps.delivery"
    label = "delivery"
