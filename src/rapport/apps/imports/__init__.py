"""Imports: files that merchants bring, how their columns are read, how far each run is, returns that name no order.

Leaves what an order means to conversions and what it earns to commissions.
"""
