"""The ways in which money leaves: one folder each with what is written for it, what it answers, and a simulator."""
