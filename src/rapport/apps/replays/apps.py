"""Registers the app."""

from django.apps import AppConfig


class ReplaysConfig(AppConfig):
    """Draft terms tried on the past."""

    name = "rapport.apps.replays"
    label = "replays"
