"""Pages of a program itself: create it, change it, its terms, and how a shop connects."""
