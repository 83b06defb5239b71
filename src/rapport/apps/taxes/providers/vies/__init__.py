"""VIES, the register in which the European Union says whether a VAT id is in use."""

from rapport.apps.taxes.providers.vies.client import RegisterAnswer, ask_vies

__all__ = ["RegisterAnswer", "ask_vies"]
