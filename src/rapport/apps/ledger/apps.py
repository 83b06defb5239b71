"""Registers the app."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Where money sits and how it came there."""

    name = "rapport.apps.ledger"
    label = "ledger"
