"""Wise: the file for a batch of transfers, with what a bank of each currency asks for."""
