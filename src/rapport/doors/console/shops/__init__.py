"""Pages of connected shops: connect, deliveries, comparisons, codes, shares of channels."""
