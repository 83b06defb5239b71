"""Business: what Rapport remembers and does, one Django app per part of the trade, low to high as docs/architecture.md lists them."""
