"""Public pages: a program's offer, the application to join it, and the demo shop."""
