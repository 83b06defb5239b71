"""How sentences reach the reader's language without the rules knowing any framework."""

from gettext import NullTranslations
from typing import Final, Protocol


class Speech(Protocol):
    """What translates: `django.utils.translation` is one, so is every catalogue of the standard library.

    Sentences stand as literals inside calls of these three, where a message extractor finds them.
    """

    def gettext(self, message: str, /) -> str:
        """Return the message in the reader's language."""
        ...

    def pgettext(self, context: str, message: str, /) -> str:
        """Return a message that is too short to be understood without a word about where it stands."""
        ...

    def ngettext(self, singular: str, plural: str, number: int, /) -> str:
        """Return the form of the message that fits the number."""
        ...


ENGLISH: Final[Speech] = NullTranslations()
"""The sentences as they are written here."""
