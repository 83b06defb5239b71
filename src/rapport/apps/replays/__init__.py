"""Replays: draft terms tried on the past, what they came to, who may read them, and for which terms they are a reason.

Leaves judging the past to the use-case that runs a replay.
"""
