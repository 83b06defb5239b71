"""What taxes refuses."""

from django.utils.translation import gettext as _

from rapport.apps.record.errors import BadInput, Refusal


class PapersOfOthersToo(Refusal):
    """One workspace may not say who a partner of others is."""

    code = "papers_of_others_too"

    def __init__(self) -> None:
        """Say who may."""
        super().__init__(_("This partner is paid by others too, so only the partner can change its tax profile."))


class FormDecided(Refusal):
    """A form is looked at once."""

    code = "form_decided"

    def __init__(self, state: str) -> None:
        """Name where it stands."""
        super().__init__(_("This form is %(state)s.") % {"state": state.lower()})


class NoProfileYet(Refusal):
    """A form belongs to somebody who is known."""

    code = "no_profile_yet"

    def __init__(self) -> None:
        """Say what comes first."""
        super().__init__(_("Fill in the tax profile first: it says which form is the right one."))


class NoVatId(Refusal):
    """There is nothing that a register could be asked about."""

    code = "no_vat_id"

    def __init__(self) -> None:
        """Say what is missing."""
        super().__init__(_("There is no VAT id that VIES would know: it knows those of the European Union."))


class RegisterSilent(Refusal):
    """The register did not answer; nothing was noted."""

    code = "register_silent"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(_("VIES did not answer. Nothing was noted; try again in some minutes."))


class NoSuchRate(Refusal):
    """There is no rate of that country and day."""

    code = "no_such_rate"

    def __init__(self) -> None:
        """Say so."""
        super().__init__(_("There is no rate of this country from this day on any more."))


class SelfBillingOff(Refusal):
    """A program that does not bill for its partners asks for no agreement."""

    code = "self_billing_off"

    def __init__(self) -> None:
        """Say so."""
        super().__init__(_("This program does not bill for its partners."))


def bad_field(name: str, sentence: str) -> BadInput:
    """Return the refusal of one field that says what to do."""
    return BadInput(_("Some fields need another look."), fields={name: sentence})
