"""Delivery: mail that leaves the house, kept until it is sent and shown in the outbox.

Leaves what to say and to whom to the use-cases.
"""
