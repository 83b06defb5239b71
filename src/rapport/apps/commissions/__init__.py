"""Commissions: judgements with their reasons, what each agreement earns, proposals for people to decide.

Leaves the money to `ledger`, and paying to the apps above.
"""
