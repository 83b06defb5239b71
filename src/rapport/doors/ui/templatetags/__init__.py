"""Template tags of the pages: `{% load ui %}`."""
