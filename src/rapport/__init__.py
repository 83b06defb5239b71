"""Rapport: affiliate management and partner relationship management, explained to the cent."""
