"""Small tools that know nothing of our trade."""
