"""Registers the app."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Who people are and what they may do."""

    name = "rapport.apps.identity"
    label = "identity"
