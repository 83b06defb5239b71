"""Ledger: books, accounts, entries and postings, append-only and chained; guards in the database hold them so.

Leaves why money moves to `commissions` and the apps above, which name their subjects by public id.
"""
