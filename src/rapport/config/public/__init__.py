"""A public address: the files that let systemd and Caddy serve an installation, and a look at whether they do."""
