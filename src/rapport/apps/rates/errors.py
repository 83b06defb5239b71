"""What rates refuses."""

from django.utils.translation import gettext as _

from rapport.apps.record.errors import BadInput, Refusal


class NoRates(BadInput):
    """A file holds no rates that can be read; it says what was expected."""

    code = "no_rates"

    def __init__(self, why: str = "") -> None:
        """Say what a file of the bank looks like."""
        sentence = why or _(
            "This is no file of the European Central Bank: give its daily or 90-day XML, or its history as CSV or zip."
        )
        super().__init__(sentence, fields={"file": sentence})


class BankSilent(Refusal):
    """The European Central Bank did not answer; nothing was kept."""

    code = "bank_silent"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(_("The European Central Bank did not answer. Nothing was kept; it is asked again tomorrow."))


class DoubtDecided(Refusal):
    """A rate that jumped is looked at once."""

    code = "doubt_decided"

    def __init__(self) -> None:
        """Say that somebody was faster."""
        super().__init__(_("Somebody has decided about this rate already."))
