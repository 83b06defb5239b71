"""Payouts: how each organisation is paid, payout runs with their payouts and lines, bank files.

Leaves the money to `ledger` and what a commission is worth to `commissions`; sends no money itself.
"""
