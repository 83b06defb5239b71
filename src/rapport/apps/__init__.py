"""Business: what Rapport remembers and does, a Django app for each part of the trade (see docs/architecture.md)."""
