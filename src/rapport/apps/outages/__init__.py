"""Whether tracking is alive: outages from start to end, what was tried through the real doors, who looked when.

Leaves looking, alarming and repairing to the use-cases, and orders and clicks to those who own them.
"""
