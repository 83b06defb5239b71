"""Stripe: checkout sessions, invoices of subscriptions, refunds and disputes of charges."""
