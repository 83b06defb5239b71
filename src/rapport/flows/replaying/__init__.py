"""Try draft terms on the real past: what was paid then beside what would be paid, and to whom."""
