"""Registers the app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Stands above the record and below everything that has work to hand over."""

    name = "rapport.apps.jobs"
    label = "jobs"
