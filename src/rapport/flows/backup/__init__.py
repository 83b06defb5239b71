"""Backups: everything that an installation is, in one archive that can be proven and brought back."""
