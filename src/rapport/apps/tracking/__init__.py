"""Tracking: links, coupons, keys of click ids, secrets of postbacks, and the publishing of the link book.

Leaves clicks to the lake and what they earn to the apps above.
"""
