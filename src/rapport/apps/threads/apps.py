"""Registers the app."""

from django.apps import AppConfig


class ThreadsConfig(AppConfig):
    """Messages on any subject."""

    name = "rapport.apps.threads"
    label = "threads"
