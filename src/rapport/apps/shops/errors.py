"""Refusals of shops."""

from django.utils.translation import gettext as _

from rapport.apps.record.errors import Refusal


class NotProven(Refusal):
    """A message that does not prove that it comes from the shop."""

    code = "not_proven"

    def __init__(self, sentence: str = "") -> None:
        """Say what to look at."""
        super().__init__(sentence or _("The signature does not fit. Compare the secret on both sides."))


class NotUnderstood(Refusal):
    """A message of a shop that cannot be read."""

    code = "not_understood"


class ShopRefused(Refusal):
    """The shop did not do what was asked of it."""

    code = "shop_refused"


class NoAccess(Refusal):
    """Something must be asked of a shop whose key was not given."""

    code = "no_access"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(_("The shop must be asked for this, and no key for its API was given. Add one on its page."))
