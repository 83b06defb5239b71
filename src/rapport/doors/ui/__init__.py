"""What pages are made of: layouts, components, figures and dates, charts, forms and the account pages.

Owns no tables and reads none; doors hand over plain values.
"""
