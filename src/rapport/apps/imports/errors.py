"""Refusals of imports."""

from django.utils.translation import gettext as _

from rapport.apps.record.errors import Refusal


class Unreadable(Refusal):
    """A file as a whole cannot be read."""

    code = "unreadable_file"


class RunMovedOn(Refusal):
    """Something was asked of a run that is not there any more, or not there yet."""

    code = "import_moved_on"

    def __init__(self, state: str) -> None:
        """Say where the run stands."""
        super().__init__(_("This import is %(state)s; look at its page again.") % {"state": state})


class FileGone(Refusal):
    """The file of a run was removed, or is not the file any more that was checked."""

    code = "import_file_gone"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(_("The file is not there any more or has changed. Import it again; what is known stays once."))
