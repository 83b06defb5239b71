"""Decisions about orders by file: read, held against the orders, confirmed once, carried out as an intention."""
