"""Why a command ends without having done its work."""


class Stop(Exception):
    """The command stops with one clear sentence for the operator and exit code 1."""
