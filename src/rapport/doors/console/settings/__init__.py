"""Settings of a workspace: its team and invitations, API keys, organisation, audit trail and outbox."""
