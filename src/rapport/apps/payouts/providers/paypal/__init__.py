"""PayPal Payouts: by its API, with every item's state asked for, or by the file that its pages take."""
