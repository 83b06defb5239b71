"""Shopify: orders, edits, cancellations and refunds by webhook, the list of orders and codes by GraphQL."""
