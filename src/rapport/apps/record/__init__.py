"""Record: who did what, what is to be told, which answer a repeated request gets.

Owns audit rows, announcements and idempotent answers. Leaves delivery of announcements to `delivery`.
"""
