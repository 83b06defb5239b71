"""Signing in: the first owner, invitations, passwords and mailed codes, one's own account, the way to one's places."""
