"""What programs refuse."""

from django.utils.translation import gettext as _

from rapport.apps.record.errors import BadInput, Refusal


class SlugTaken(BadInput):
    """Another program has this address."""

    def __init__(self, slug: str) -> None:
        """Name the address."""
        sentence = _("The address %(slug)s is taken. Choose another.") % {"slug": slug}
        super().__init__(sentence, fields={"slug": sentence})


class FixedByTheBooks(BadInput):
    """Zone and currency cannot change once something is booked in them, the currency not once it is promised."""

    def __init__(self, field: str) -> None:
        """Name the field."""
        sentence = _(
            "This cannot change any more: amounts are promised or booked in it. Open a second program instead."
        )
        super().__init__(sentence, fields={field: sentence})


class TermsProblems(BadInput):
    """The draft of the terms cannot be used."""

    code = "bad_terms"

    def __init__(self, problems: dict[str, str]) -> None:
        """Keep one sentence per place in the document."""
        super().__init__(_("The terms need another look."), fields=problems)


class BackwardTerms(BadInput):
    """Terms never take effect in the past."""

    def __init__(self) -> None:
        """Say what to do."""
        sentence = _("Choose a moment from now on: what was promised is never changed backwards.")
        super().__init__(sentence, fields={"effective_at": sentence})


class NothingNew(Refusal):
    """The draft says what the latest version says."""

    code = "nothing_new"

    def __init__(self, number: int) -> None:
        """Name the version."""
        super().__init__(_("The draft says the same as version %(number)s. Change it first.") % {"number": number})


class NoTerms(Refusal):
    """A program without terms cannot open."""

    code = "no_terms"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(_("Publish the terms first: partners must know what they agree to."))


class MoveNotAllowed(Refusal):
    """A state cannot follow on another."""

    code = "move_not_allowed"

    def __init__(self, source: str, target: str) -> None:
        """Name both states."""
        super().__init__(_("This is %(source)s and cannot become %(target)s.") % {"source": source, "target": target})
