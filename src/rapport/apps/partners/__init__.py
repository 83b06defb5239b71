"""Partners: applications, partners, agreements, their acceptances and suspensions.

Leaves links and coupons to `tracking`.
"""
