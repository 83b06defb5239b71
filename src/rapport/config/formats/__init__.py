"""How dates are written, by language; figures for people are written by doors.ui.words."""
