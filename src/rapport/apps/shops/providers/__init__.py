"""One folder for each kind of shop: how it signs, what its messages mean, how it is asked, a simulator of it."""
