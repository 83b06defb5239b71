"""The rules: money, terms, the judge and the states, as plain functions on known facts.

Owns every decision about who earns what and why. Leaves to others: storing, asking, the clock and the network.
"""
