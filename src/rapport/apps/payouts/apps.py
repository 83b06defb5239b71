"""Registers the app."""

from django.apps import AppConfig


class PayoutsConfig(AppConfig):
    """Who is paid what, how, and by which run."""

    name = "rapport.apps.payouts"
    label = "payouts"
