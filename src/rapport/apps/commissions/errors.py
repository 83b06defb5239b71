"""What commissions refuses."""

from django.utils.translation import gettext as _

from rapport.apps.record.errors import Refusal


class ProposalDecided(Refusal):
    """A proposal is decided once."""

    code = "proposal_decided"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(_("This proposal is decided already. Open the page again to see how."))
