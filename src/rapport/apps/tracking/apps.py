"""Registers the app."""

from django.apps import AppConfig


class TrackingConfig(AppConfig):
    """Links, coupons and the book that the edge reads."""

    name = "rapport.apps.tracking"
    label = "tracking"
