"""Tax papers: profiles with their checks, forms on file, what programs ask for, rates that are withheld, self-billing.

Leaves the money to `payouts` and `ledger`; decides no law.
"""
