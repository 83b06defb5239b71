"""Formats that two processes share: the click id, the cookie, the journal, its events and the link book."""
