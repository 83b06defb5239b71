"""What invoices refuse."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rapport.apps.record.errors import Refusal


class ObjectionTooLate(Refusal):
    """A paper counts as accepted when nobody objected in time."""

    code = "objection_too_late"

    def __init__(self, last_day: date) -> None:
        """Say until when it was possible, and what can still be done."""
        told = {"day": date_format(last_day, "j F Y")}
        super().__init__(_("An objection was possible until %(day)s. Write to the program all the same.") % told)


class PaperReplaced(Refusal):
    """A paper that was taken back is no longer talked about."""

    code = "paper_replaced"

    def __init__(self) -> None:
        """Say where to look."""
        super().__init__(_("This paper was taken back. Look at the one that was written anew."))


class NothingToCorrect(Refusal):
    """Written anew, a paper would say the same."""

    code = "nothing_to_correct"

    def __init__(self) -> None:
        """Say what to change first."""
        super().__init__(_("It would say the same. First put right what is wrong: a tax profile, or the VAT."))


class ObjectionDecided(Refusal):
    """An objection is decided once."""

    code = "objection_decided"

    def __init__(self) -> None:
        """Say so."""
        super().__init__(_("Nobody objects to this paper, or it was decided already."))
