"""Registers the app."""

from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    """What was billed for partners, and by which number."""

    name = "rapport.apps.invoices"
    label = "invoices"
