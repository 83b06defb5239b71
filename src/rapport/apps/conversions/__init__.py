"""Conversions: what merchants report, as they reported it: orders, corrections, clicks and coupons named, receipts.

Leaves who earns what to `commissions`.
"""
