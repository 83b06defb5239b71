"""Invoices and credit notes that a program writes for its partners, each numbered without a gap and never changed.

Leaves what is billed to `payouts` and who it is for to `taxes`.
"""
