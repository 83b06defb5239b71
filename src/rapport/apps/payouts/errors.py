"""What payouts refuses."""

from datetime import date

from django.utils.translation import gettext as _

from rapport.apps.record.errors import BadInput, Refusal
from rapport.domain.payouts import NoSecondPerson


class MethodOfOthersToo(Refusal):
    """One workspace may not change how a partner is paid by others."""

    code = "method_of_others_too"

    def __init__(self) -> None:
        """Say who may."""
        super().__init__(_("This partner is paid by others too, so only the partner can say how."))


class RunNotReady(Refusal):
    """A run is decided when it is complete."""

    code = "run_not_ready"

    def __init__(self) -> None:
        """Say to wait."""
        super().__init__(_("This run is still being prepared. Wait until it has looked at every partner."))


class RunDecided(Refusal):
    """A run is approved or abandoned once."""

    code = "run_decided"

    def __init__(self, state: str) -> None:
        """Name what it is."""
        super().__init__(_("This run is decided already: %(state)s.") % {"state": state.lower()})


class NothingToPay(Refusal):
    """A run without payouts is abandoned, not approved."""

    code = "nothing_to_pay"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(_("This run pays nobody. Abandon it."))


class SecondPersonNeeded(Refusal):
    """Two people stand behind every payout."""

    code = "second_person_needed"

    def __init__(self, why: NoSecondPerson) -> None:
        """Say why this is not the second one."""
        sentences = {
            NoSecondPerson.PREPARED_IT: _("You prepared this run. Another person must approve it."),
            NoSecondPerson.CHANGED_A_METHOD: _(
                "You changed how a partner in this run is paid. Another person must approve it."
            ),
        }
        super().__init__(sentences[why])


class TotalDiffers(BadInput):
    """The total that was confirmed is not the total of the run."""

    code = "total_differs"

    def __init__(self, currency: str = "") -> None:
        """Say what to do, and in which other currency the total is not right."""
        sentence = _("This is not the total of the run. Compare it with the page and write it again.")
        if currency:
            told = {"currency": currency}
            sentence = _("This is not what the run sends in %(currency)s. Compare it and write it again.") % told
        super().__init__(sentence, fields={f"total_{currency}" if currency else "total": sentence})


class PayoutMoved(Refusal):
    """A payout is not where this could be done with it."""

    code = "payout_moved"

    def __init__(self, state: str) -> None:
        """Name where it stands."""
        super().__init__(_("This cannot be done with a payout that is %(state)s.") % {"state": state.lower()})


class NotApproved(Refusal):
    """Money is sent for an approved run only."""

    code = "run_not_approved"

    def __init__(self) -> None:
        """Say what is missing."""
        super().__init__(_("A second person has to approve this run first."))


class FileIsMade(Refusal):
    """What stands in a file that was made is on its way."""

    code = "file_is_made"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(_("This payout stands in a file already. Say what became of it when the bank knows."))


class MadeMeanwhile(Refusal):
    """Somebody changed the run or the account while its file was written."""

    code = "made_meanwhile"

    def __init__(self) -> None:
        """Say to look again."""
        super().__init__(_("Somebody changed this run or its account just now. Look at it again, then make the file."))


class FormatNotOffered(Refusal):
    """A rail makes the files that it has, and of those only what the program is set up for."""

    code = "format_not_offered"

    def __init__(self) -> None:
        """Say where to look."""
        super().__init__(_("There is no such file here. Say first in the settings where the money comes from."))


class AmountTooLarge(Refusal):
    """A bank file has no room for an amount."""

    code = "amount_too_large"

    def __init__(self, amount: str) -> None:
        """Name the amount and what to do."""
        sentence = _("%(amount)s is more than this file has room for. Take it out of the run and pay it by hand.")
        super().__init__(sentence % {"amount": amount})


class CallMoved(Refusal):
    """A call is not where this could be done with it."""

    code = "call_moved"

    def __init__(self, state: str) -> None:
        """Name where it stands."""
        super().__init__(_("This cannot be done with a call that is: %(state)s.") % {"state": state.lower()})


class TooLateToAskAgain(Refusal):
    """A provider remembers a call for so long; after that it might pay twice."""

    code = "too_late_to_ask_again"

    def __init__(self) -> None:
        """Say what to do instead."""
        super().__init__(_("It is too long ago to ask again. Look it up at the provider and note every payout."))


class ChangeIsOver(Refusal):
    """A bank's wish is about a method that somebody changed since, or is nothing that can be entered by itself."""

    code = "change_is_over"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(_("The payout method was changed since, or this has to be entered by hand. Look at it."))


class PaydayPassed(BadInput):
    """A run pays on a day to come."""

    code = "payday_passed"

    def __init__(self, today: date) -> None:
        """Name the first day that is left."""
        sentence = _("Choose a day from %(today)s on.") % {"today": today.isoformat()}
        super().__init__(sentence, fields={"pay_on": sentence})


class NoDebt(Refusal):
    """Nothing is owed by this partner."""

    code = "no_debt"

    def __init__(self) -> None:
        """Say so."""
        super().__init__(_("This partner owes nothing."))


class WriteOffOpen(Refusal):
    """One proposal at a time."""

    code = "write_off_open"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(_("A write-off is proposed already. Decide about it first."))


class WriteOffDecided(Refusal):
    """A write-off is decided once."""

    code = "write_off_decided"

    def __init__(self, state: str) -> None:
        """Name what it is."""
        super().__init__(_("This is decided already: %(state)s.") % {"state": state.lower()})


class DebtChanged(Refusal):
    """What was proposed is not what is owed any more."""

    code = "debt_changed"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(_("The debt has changed since this was proposed. Refuse it, and propose what is owed now."))


class OwnWriteOff(Refusal):
    """Two people stand behind every write-off."""

    code = "second_person_needed"

    def __init__(self) -> None:
        """Say who may."""
        super().__init__(_("You proposed this. Another person must approve it."))
