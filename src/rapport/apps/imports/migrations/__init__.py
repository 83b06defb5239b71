"""Changes of the tables of imports."""
