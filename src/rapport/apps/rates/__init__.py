"""Exchange rates: what one currency was worth in another on a day, as a list or a person said.

Leaves to others which rate an order or a payout takes for ever: that stands with the order and the payout.
"""
