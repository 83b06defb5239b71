"""Registers the app."""

from django.apps import AppConfig


class ShopsConfig(AppConfig):
    """Connected shops."""

    name = "rapport.apps.shops"
    label = "shops"
