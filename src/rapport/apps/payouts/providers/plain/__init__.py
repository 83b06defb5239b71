"""A list for whoever pays by hand or by another program: CSV out, CSV back; every way of paying has it."""
