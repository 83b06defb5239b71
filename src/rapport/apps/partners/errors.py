"""What partners refuses."""

from django.utils.translation import gettext as _

from rapport.apps.record.errors import BadInput, Refusal


class ProgramNotOpen(Refusal):
    """Nobody can join a program that is not open."""

    code = "program_not_open"

    def __init__(self) -> None:
        """Say when it may work."""
        super().__init__(_("This program takes no applications at the moment."))


class TermsMovedOn(BadInput):
    """The terms changed while the form was open."""

    code = "terms_moved_on"

    def __init__(self) -> None:
        """Say what to do."""
        sentence = _("The terms have changed since you opened this page. Read them again and accept the new version.")
        super().__init__(sentence, fields={"accepted_version": sentence})


class AlreadyDecided(Refusal):
    """An application is decided once."""

    code = "already_decided"

    def __init__(self, state: str) -> None:
        """Name the decision."""
        super().__init__(_("This application is decided already: %(state)s.") % {"state": state.lower()})


class SomebodyIsIn(Refusal):
    """A way in is mailed again only while nobody has come in."""

    code = "somebody_is_in"

    def __init__(self) -> None:
        """Say how they come in."""
        super().__init__(_("Somebody of this partner signs in already, with a password or a code by mail."))


class AgreementMove(Refusal):
    """An agreement cannot go from one state to another."""

    code = "move_not_allowed"

    def __init__(self, source: str, target: str) -> None:
        """Name both states."""
        super().__init__(
            _("This agreement is %(source)s and cannot become %(target)s.")
            % {"source": source.lower(), "target": target.lower()}
        )


class NotOffered(Refusal):
    """Only the program's published versions can be accepted, and never an older one than before."""

    code = "not_offered"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(_("This version is not offered any more. Open the page again to see the one that is."))


class AcceptedAlready(Refusal):
    """What a partner has accepted is not taken back as if it had never been."""

    code = "accepted_already"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(_("The partner has accepted the terms. End the agreement on its page instead."))
