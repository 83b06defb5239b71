"""Pages of replays: draft terms tried on the past."""
