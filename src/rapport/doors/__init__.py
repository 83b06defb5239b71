"""Ways in: console, portal, public pages and API; none knows another, all stand on `ui`."""
