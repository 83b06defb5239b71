"""Transfers to accounts with an IBAN: pain.001.001.09 out, pain.002 back."""
