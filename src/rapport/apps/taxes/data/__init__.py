"""Dated tables of taxes: every line says from which day it counts and where it was read."""
