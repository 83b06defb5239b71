"""What replays refuse."""

from django.utils.translation import gettext as _

from rapport.apps.record.errors import BadInput, Refusal


class NoAnswerYet(Refusal):
    """A replay that has no answer cannot be kept or shown to anybody."""

    code = "no_answer_yet"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(_("This replay has no answer yet. Wait until it is done."))


class AnotherDraft(Refusal):
    """The draft has been changed since it was tried."""

    code = "another_draft"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(_("The draft says something else by now. Try it on the past again."))


class BadPeriod(BadInput):
    """Days that cannot be replayed."""

    def __init__(self, field: str, sentence: str) -> None:
        """Say at which field."""
        super().__init__(sentence, fields={field: sentence})
