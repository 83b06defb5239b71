"""Why a backup cannot be brought back here."""


class CannotRestore(Exception):
    """The folder or the database is not what a backup can be brought back into."""
