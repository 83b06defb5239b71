"""Threads: messages between the two sides on any subject, named by its public id.

Leaves the meaning of a message to the app that owns the subject.
"""
