"""Holds every click for questions: journal segments become Delta tables, exactly once, and DuckDB reads them.

Owns: the folder `lake` in the data folder. Leaves to others: the journal's format (wire), money, and any table.
"""
