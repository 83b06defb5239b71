"""Registers what all doors share: their check and their templates."""

from django.apps import AppConfig
from django.core.checks import Tags, register


class DoorsConfig(AppConfig):
    """The ways in."""

    name = "rapport.doors"
    label = "doors"

    def ready(self) -> None:
        """Hook the check in, once views can be imported."""
        from rapport.doors.checks import every_view_is_marked  # noqa: PLC0415 - needs the tables to be registered

        register(every_view_is_marked, Tags.urls)
