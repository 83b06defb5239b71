"""Registers the app."""

from django.apps import AppConfig


class CommissionsConfig(AppConfig):
    """Who earns what, and why."""

    name = "rapport.apps.commissions"
    label = "commissions"
