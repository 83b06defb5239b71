"""The words that invoices must carry, by country."""
