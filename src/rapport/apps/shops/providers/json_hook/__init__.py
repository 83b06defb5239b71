"""Anything else that sends JSON: how it signs and where its fields lie is said by a profile."""
