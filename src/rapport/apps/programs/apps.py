"""Registers the app."""

from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    """What a program promises."""

    name = "rapport.apps.programs"
    label = "programs"
