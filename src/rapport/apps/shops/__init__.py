"""Owns connected shops: what they deliver, what was told of each of their orders, comparisons, codes made in them.

Leaves what an order comes to, and who earns from it, to conversions and to the use-cases above.
"""
