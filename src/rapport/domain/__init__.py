"""The rules: pure functions on known facts; no clock, no random, no database, no network."""
