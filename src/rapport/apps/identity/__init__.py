"""Identity: organisations, people, memberships with roles, invitations, API keys, and what each may do.

Leaves the trade roles of an organisation (program, partner) to the apps above.
"""
